import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Identity, makeSigner } from './identity.ts'
import { SdkFault } from './problem.ts'
import { exactly, oneOf, optional, parseJson, ShapeFault, text } from './shape.ts'

const pair = exactly({ certificate: text, key: text })

/** The form of `passerelle.json`: where the gateway is, who the agency is, and its files, as paths from that file's folder. */
const configurationFile = exactly({
  gateway: text,
  agency: text,
  anchors: text,
  tls: pair,
  signing: pair,
  language: optional(oneOf('en', 'fr')),
})
export type ConfigurationFile = ReturnType<typeof configurationFile>

/** An agency and its gateway: all that `openClient` takes, and the agency's id. */
export type Configuration = Identity & {
  readonly agency: string
  readonly url: string
  readonly ca: string
  readonly language?: 'en' | 'fr'
}

/** Whoever else can read a private key can pass for the agency. */
const OTHERS = 0o077

/**
 * Reads an agency's configuration, and the certificates and keys that it names.
 * @throws SdkFault `configuration-not-usable`, which names the file, `key-not-of-certificate` or `key-not-supported`
 */
export async function readConfiguration(path = 'passerelle.json'): Promise<Configuration> {
  const file = await readConfigurationFile(path)
  const at = (name: string): string => resolve(dirname(path), name)
  const [ca, cert, signingCertificate] = await Promise.all(
    [file.anchors, file.tls.certificate, file.signing.certificate].map((name) => read(at(name))),
  )
  const [key, signingKey] = await Promise.all([file.tls.key, file.signing.key].map((name) => readSecret(at(name))))
  return {
    agency: file.agency,
    url: file.gateway,
    ca: ca ?? '',
    tls: { cert: cert ?? '', key: key ?? '' },
    signer: makeSigner(signingCertificate ?? '', signingKey ?? ''),
    ...(file.language !== undefined && { language: file.language }),
  }
}

/** Reads the file alone. @throws SdkFault `configuration-not-usable` */
export async function readConfigurationFile(path: string): Promise<ConfigurationFile> {
  try {
    const file = configurationFile(parseJson(new TextEncoder().encode(await read(path))), '')
    if (URL.parse(file.gateway)?.protocol !== 'https:') throw new ShapeFault('/gateway', 'an https address')
    return file
  } catch (cause) {
    if (!(cause instanceof ShapeFault)) throw cause
    throw unusable(path, cause.message, cause)
  }
}

async function readSecret(path: string): Promise<string> {
  const { mode } = await stat(path).catch((cause: unknown) => {
    throw unusable(path, codeOf(cause), cause)
  })
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) throw unusable(path, 'others may read it: chmod 600')
  return read(path)
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw unusable(path, codeOf(cause), cause)
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
}

function unusable(path: string, why: string, cause?: unknown): SdkFault {
  return new SdkFault('configuration-not-usable', { detail: `${path}: ${why}`, cause })
}
