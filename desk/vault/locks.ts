import { type Bytes, randomBytes, utf8 } from './bytes.ts'
import { seal, sealingKey, unseal } from './seal.ts'

/** OWASP's least for PBKDF2-HMAC-SHA-256; about a third of a second on a telephone of today. */
export const ROUNDS = 600_000
const SALT_BYTES = 32
const SECRET_BYTES = 32

/** What opens the vault: its secret, sealed under what a person knows, or under what the device gives once it has recognised that person. */
export type Lock = PassphraseLock | DeviceLock
export type PassphraseLock = {
  readonly kind: 'passphrase'
  readonly salt: Bytes
  readonly rounds: number
  readonly sealed: Bytes
}
export type DeviceLock = {
  readonly kind: 'device'
  /** Of the WebAuthn credential. */
  readonly credential: Bytes
  /** What its pseudo-random function is asked for (WebAuthn level 3, PRF extension). */
  readonly salt: Bytes
  readonly sealed: Bytes
}

/** Gives a new vault's secret. */
export const newSecret = (): Bytes => randomBytes(SECRET_BYTES)
/** Gives what a device's pseudo-random function is to be asked for. */
export const newSalt = (): Bytes => randomBytes(SALT_BYTES)

/** Seals a vault's secret under a passphrase. @param rounds at least 600,000, but in tests of the form */
export async function lockByPassphrase(secret: Bytes, passphrase: string, rounds = ROUNDS): Promise<PassphraseLock> {
  const salt = newSalt()
  const key = await deriveKey(passphrase, salt, rounds)
  return { kind: 'passphrase', salt, rounds, sealed: await seal(key, secret, 'passphrase') }
}

/** Gives the secret; nothing where the passphrase is another. */
export async function openByPassphrase(lock: PassphraseLock, passphrase: string): Promise<Bytes | undefined> {
  return await openBy(await deriveKey(passphrase, lock.salt, lock.rounds), lock)
}

/** Seals a vault's secret under what a device's pseudo-random function gave: 32 bytes. */
export async function lockByDevice(
  secret: Bytes,
  { credential, salt, output }: Pick<DeviceLock, 'credential' | 'salt'> & { readonly output: Bytes },
): Promise<DeviceLock> {
  const key = await sealingKey(output, 'passerelle desk: lock of the device')
  return { kind: 'device', credential, salt, sealed: await seal(key, secret, 'device') }
}

/** Gives the secret; nothing where the device gave something else. */
export async function openByDevice(lock: DeviceLock, output: Bytes): Promise<Bytes | undefined> {
  return await openBy(await sealingKey(output, 'passerelle desk: lock of the device'), lock)
}

async function openBy(key: CryptoKey, { kind, sealed }: Lock): Promise<Bytes | undefined> {
  try {
    return await unseal(key, sealed, kind)
  } catch {
    return undefined
  }
}

/** The same text typed on two keyboards is the same passphrase (Unicode NFKC, as RFC 8265 has it). */
async function deriveKey(passphrase: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey('raw', utf8(passphrase.normalize('NFKC')), 'PBKDF2', false, ['deriveKey'])
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }
  return await crypto.subtle.deriveKey(algorithm, typed, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
}
