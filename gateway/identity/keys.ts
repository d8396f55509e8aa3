import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { codeOf, type Config, ConfigurationFault } from '../base/base.ts'
import { type Certificate, isStrong, parseCertificates } from './certificate.ts'
import type { Algorithm, Signer } from '../protocol/protocol.ts'

/** The gateway's own identity: one key pair to talk, another to sign receipts (protocol section 1). */
export type GatewayKeys = {
  /** The id that every receipt names: the common name of the signing certificate. */
  readonly id: string
  readonly tls: { readonly cert: string; readonly key: string; readonly certificate: Certificate }
  readonly signer: Signer<Certificate> & { readonly chain: readonly Certificate[] }
}

const algorithms: Readonly<Record<Certificate['kind'], Algorithm | undefined>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  RSA: 'PS256',
  Ed25519: 'EdDSA',
  other: undefined,
}

const ID = /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/

/**
 * Reads the gateway's certificates and keys.
 * @throws ConfigurationFault for a file that cannot be read, a key that does not fit its certificate, a certificate that is
 *   expired or too weak
 */
export async function loadGatewayKeys(config: Config, now: Date): Promise<GatewayKeys> {
  const tls = await loadPair(config.tls, 'TLS', now)
  const signing = await loadPair(config.signing, 'signing', now)
  if (tls.certificate.keyThumbprint === signing.certificate.keyThumbprint)
    throw new ConfigurationFault('the TLS and the signing certificate have the same key: each use needs its own')
  const alg = algorithms[signing.certificate.kind]
  if (alg === undefined) throw new ConfigurationFault(`${config.signing.cert}: its key fits no algorithm of section 3`)
  return {
    id: gatewayId(signing.certificate, config.signing.cert),
    tls: { cert: tls.pem, key: tls.keyPem, certificate: tls.certificate },
    signer: { alg, key: signing.key, certificate: signing.certificate, chain: signing.chain },
  }
}

type Pair = {
  readonly pem: string
  readonly keyPem: string
  readonly key: KeyObject
  readonly certificate: Certificate
  readonly chain: readonly Certificate[]
}

async function loadPair(files: { cert: string; key: string }, use: string, now: Date): Promise<Pair> {
  const pem = await readText(files.cert)
  const keyPem = await readText(files.key)
  const [certificate, ...chain] = attempt(() => parseCertificates(pem), `${files.cert} is not a PEM certificate`)
  if (certificate === undefined) throw new ConfigurationFault(`${files.cert} holds no certificate`)
  const key = attempt(() => createPrivateKey(keyPem), `${files.key} is not a PEM private key`)
  if (!createPublicKey(keyPem).equals(certificate.publicKey))
    throw new ConfigurationFault(`${files.key} is not the key of the ${use} certificate ${files.cert}`)
  if (now >= certificate.notAfter) throw new ConfigurationFault(`the ${use} certificate ${files.cert} has expired`)
  if (now < certificate.notBefore) throw new ConfigurationFault(`the ${use} certificate ${files.cert} is not valid yet`)
  if (!isStrong(certificate))
    throw new ConfigurationFault(`the key of the ${use} certificate ${files.cert} is too weak`)
  return { pem, keyPem, key, certificate, chain }
}

function gatewayId(certificate: Certificate, file: string): string {
  const { subject } = new X509Certificate(certificate.der).toLegacyObject()
  const name = subject.CN
  const id = (Array.isArray(name) ? name[0] : name)?.toLowerCase() ?? ''
  if (!ID.test(id))
    throw new ConfigurationFault(`${file}: its common name must be the gateway's id, such as passerelle.example`)
  return id
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new ConfigurationFault(`cannot read ${file}: ${codeOf(error)}`)
  }
}

function attempt<T>(work: () => T, fault: string): T {
  try {
    return work()
  } catch {
    throw new ConfigurationFault(fault)
  }
}
