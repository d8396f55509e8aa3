import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { blame, type Config, ConfigurationFault, readSecret, readText, settingName } from '../base/base.ts'
import { type Certificate, isStrong, parseCertificates } from './certificate.ts'
import type { Algorithm, Signer } from '../protocol/protocol.ts'
import { readPem } from './pem.ts'

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
  const tls = await loadPair(config, { cert: 'tlsCert', key: 'tlsKey', use: 'TLS' }, now)
  const signing = await loadPair(config, { cert: 'signingCert', key: 'signingKey', use: 'signing' }, now)
  return await blame(settingName('signingCert'), async () => pairUp(tls, signing, config.signingCert))
}

/** What holds of both together. */
function pairUp(tls: Pair, signing: Pair, file: string): GatewayKeys {
  if (tls.certificate.keyThumbprint === signing.certificate.keyThumbprint)
    throw new ConfigurationFault('the TLS and the signing certificate have the same key: each use needs its own')
  const alg = algorithms[signing.certificate.kind]
  if (alg === undefined) throw new ConfigurationFault(`${file}: its key fits no algorithm of section 3`)
  return {
    id: gatewayId(signing.certificate, file),
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

type Files = { readonly cert: 'tlsCert' | 'signingCert'; readonly key: 'tlsKey' | 'signingKey'; readonly use: string }

async function loadPair(config: Config, files: Files, now: Date): Promise<Pair> {
  const { use } = files
  const [cert, keyFile] = [config[files.cert], config[files.key]]
  const { pem, certificate, chain } = await blame(settingName(files.cert), async () => {
    const blocks = readPem(await readText(cert)).filter(({ label }) => label === 'CERTIFICATE')
    const whole = blocks.map((block) => block.pem).join('')
    const [leaf, ...others] = attempt(() => parseCertificates(whole), `${cert} is not a PEM certificate`)
    if (leaf === undefined) throw new ConfigurationFault(`${cert} holds no PEM certificate`)
    if (now >= leaf.notAfter) throw new ConfigurationFault(`the ${use} certificate ${cert} has expired`)
    if (now < leaf.notBefore) throw new ConfigurationFault(`the ${use} certificate ${cert} is not valid yet`)
    if (!isStrong(leaf)) throw new ConfigurationFault(`the key of the ${use} certificate ${cert} is too weak`)
    return { pem: whole, certificate: leaf, chain: others }
  })
  return await blame(settingName(files.key), async () => {
    const keyPem = onlyKey(await readSecret(keyFile), keyFile)
    const key = attempt(() => createPrivateKey(keyPem), `${keyFile} is not a PEM private key`)
    if (!createPublicKey(key).equals(certificate.publicKey))
      throw new ConfigurationFault(`${keyFile} is not the key of the ${use} certificate ${cert}`)
    return { pem, keyPem, key, certificate, chain }
  })
}

function onlyKey(text: string, file: string): string {
  const [key, ...others] = readPem(text).filter(({ label }) => label.endsWith('PRIVATE KEY'))
  if (key === undefined || others.length > 0) throw new ConfigurationFault(`${file} must hold one PEM private key`)
  if (key.isEncrypted)
    throw new ConfigurationFault(`${file} is encrypted: the gateway takes a key without a pass phrase`)
  return key.pem
}

function gatewayId(certificate: Certificate, file: string): string {
  const { subject } = certificate.x509.toLegacyObject()
  const name = subject.CN
  const id = (Array.isArray(name) ? name[0] : name)?.toLowerCase() ?? ''
  if (!ID.test(id))
    throw new ConfigurationFault(`${file}: its common name must be the gateway's id, such as passerelle.example`)
  return id
}

function attempt<T>(work: () => T, fault: string): T {
  try {
    return work()
  } catch {
    throw new ConfigurationFault(fault)
  }
}
