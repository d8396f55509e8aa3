import type { Algorithm, Client, Signer } from '../../sdk/browser.ts'
import { base64url, type Bytes, randomBytes } from '../vault/bytes.ts'
import type { Database } from '../vault/database.ts'
import type { Vault } from '../vault/vault.ts'
import { algorithms, parameters, signing } from './algorithms.ts'
import { digestOfKey } from './digest.ts'
import { certificatesOf } from './pem.ts'

/** The signing key of this device: what the vault keeps of it beside the key, which the browser keeps. */
export type Identity = {
  /** Of the row that holds the key. */
  readonly keyId: string
  readonly alg: Algorithm
  /** The request for its certificate, PEM; absent where the key was brought with its certificate. */
  readonly request?: string
  /** Once it is there. */
  readonly certificate?: { readonly pem: string; readonly thumbprint: string; readonly notAfter: string }
}

/** Where a key is kept: the vault what is said of it, the browser's database itself. */
export type Place = { readonly vault: Vault; readonly database: Database }

const ROW = 'signing-key'
const KEY_ID_BYTES = 16

/** Gives what is known of this device's key; nothing where it has none. */
export const readIdentity = ({ vault }: Pick<Place, 'vault'>): Promise<Identity | undefined> =>
  vault.get<Identity>('settings', ROW)

/** Who signs, where a key and its certificate are there; and what is wrong with them. */
export type Signing = { readonly signer?: Signer; readonly trouble?: 'lost' | 'expired' }

/** Gives who signs now. `lost` is a key that the browser has thrown away. */
export async function readSigning(place: Place, now: Date): Promise<Signing> {
  const identity = await readIdentity(place)
  if (identity === undefined) return {}
  const kept = await place.database.get('keys', identity.keyId)
  if (kept === undefined) return { trouble: 'lost' }
  const { alg, certificate } = identity
  if (certificate === undefined) return {}
  const signer = { alg, key: kept.privateKey, thumbprint: certificate.thumbprint }
  return { signer, ...(new Date(certificate.notAfter) <= now && { trouble: 'expired' as const }) }
}

/** Makes a key that cannot be taken out, and the request for its certificate. */
export async function makeKey(place: Place, agency: string): Promise<void> {
  const keys = await crypto.subtle.generateKey(parameters.ES256, false, ['sign', 'verify'])
  const { requestCertificate } = await import('./request.ts')
  await keep(place, keys, { alg: 'ES256', request: await requestCertificate(agency, keys) })
}

/** Gives the number of this device's public key, to be read on the telephone; nothing where the browser has thrown the key away. */
export async function numberOfKey({ database }: Pick<Place, 'database'>, keyId: string): Promise<string | undefined> {
  const kept = await database.get('keys', keyId)
  return kept && (await digestOfKey(kept.publicKey))
}

/** Why a file was not taken. */
export type NotTaken = 'not-pkcs12' | 'wrong-password' | 'no-key' | 'no-certificate' | 'key-not-supported' | 'other-key'

/** Takes the key of a PKCS#12 file and the certificate that belongs to it; the key is kept so that it cannot be taken out. */
export async function takePkcs12(place: Place, file: Bytes, password: string): Promise<NotTaken | undefined> {
  const { openPkcs12 } = await import('./pkcs12.ts')
  const opened = await openPkcs12(file, password)
  if (typeof opened === 'string') return opened
  if (opened.certificates.length === 0) return 'no-certificate'
  for (const alg of algorithms) {
    const privateKey = await crypto.subtle
      .importKey('pkcs8', opened.key, parameters[alg], false, ['sign'])
      .catch(() => undefined)
    if (privateKey === undefined) continue
    opened.key.fill(0)
    const found = await findCertificate(opened.certificates, alg, privateKey)
    if (found === undefined) return 'no-certificate'
    await keep(place, { privateKey, publicKey: found.publicKey }, { alg, certificate: found.certificate })
    return undefined
  }
  return 'key-not-supported'
}

/** Takes the certificate of this device's key from a file's text. */
export async function takeCertificate(place: Place, text: string): Promise<NotTaken | undefined> {
  const identity = await readIdentity(place)
  const kept = identity && (await place.database.get('keys', identity.keyId))
  if (identity === undefined || kept === undefined) return 'no-key'
  const certificates = certificatesOf(text)
  if (certificates.length === 0) return 'no-certificate'
  const found = await findCertificate(certificates, identity.alg, kept.privateKey)
  if (found === undefined) return 'other-key'
  await place.vault.put('settings', ROW, { ...identity, certificate: found.certificate } satisfies Identity)
  return undefined
}

/** Looks whether the registry has pinned a certificate of this device's key already, and takes it. Gives whether it has. */
export async function findInDirectory(
  place: Place,
  { agency, client }: { readonly agency: string; readonly client: Client },
): Promise<boolean> {
  const { agencies } = await client.directory()
  const pinned = agencies.find(({ id }) => id === agency)?.certificates ?? []
  const current = pinned.filter((one) => one.current).map(({ pem }) => pem)
  return (await takeCertificate(place, current.join('\n'))) === undefined
}

/** Whether the registry has pinned this certificate for the agency's signatures, and it is good now. */
export async function isRegistered(
  thumbprint: string,
  { agency, client }: { readonly agency: string; readonly client: Client },
): Promise<boolean> {
  const { agencies } = await client.directory()
  const pinned = agencies.find(({ id }) => id === agency)?.certificates ?? []
  return pinned.some((one) => one.current && one.thumbprint === thumbprint)
}

async function keep(place: Place, keys: CryptoKeyPair, about: Omit<Identity, 'keyId'>): Promise<void> {
  const before = await readIdentity(place)
  const keyId = base64url(randomBytes(KEY_ID_BYTES))
  await place.database.put('keys', { id: keyId, ...keys })
  await place.vault.put('settings', ROW, { keyId, ...about } satisfies Identity)
  if (before !== undefined) await place.database.delete('keys', before.keyId)
}

/** The certificate of a private key, among several: the one that verifies what the key signs. */
async function findCertificate(certificates: readonly Bytes[], alg: Algorithm, privateKey: CryptoKey) {
  const { readCertificate } = await import('./certificate.ts')
  const probe = randomBytes(KEY_ID_BYTES)
  const signature = await crypto.subtle.sign(signing[alg], privateKey, probe)
  for (const der of certificates) {
    const read = await readCertificate(der)
    if (read === undefined) continue
    const publicKey = await crypto.subtle
      .importKey('spki', read.spki, parameters[alg], true, ['verify'])
      .catch(() => undefined)
    if (publicKey === undefined || !(await crypto.subtle.verify(signing[alg], publicKey, signature, probe))) continue
    const { pem, thumbprint, notAfter } = read
    return { publicKey, certificate: { pem, thumbprint, notAfter: notAfter.toISOString() } }
  }
  return undefined
}
