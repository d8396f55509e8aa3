import { type Bytes, randomBytes, utf8 } from './bytes.ts'

/** NIST SP 800-38D, 8.2.2: random, of 96 bits. A vault has far fewer than 2^32 rows under one key. */
const IV_BYTES = 12

/**
 * Seals bytes by AES-256-GCM. @param place what they are and where they lie: they open nowhere else.
 * @returns the IV, then the ciphertext with its tag
 */
export async function seal(key: CryptoKey, plain: Bytes, place: string): Promise<Bytes> {
  const iv = randomBytes(IV_BYTES)
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(place) }, key, plain)
  const bytes = new Uint8Array(IV_BYTES + sealed.byteLength)
  bytes.set(iv)
  bytes.set(new Uint8Array(sealed), IV_BYTES)
  return bytes
}

/** Opens what `seal` gave. @throws DOMException `OperationError` where key or place is another, or a bit was changed */
export async function unseal(key: CryptoKey, sealed: Bytes, place: string): Promise<Bytes> {
  const algorithm = { name: 'AES-GCM', iv: sealed.slice(0, IV_BYTES), additionalData: utf8(place) }
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.slice(IV_BYTES)))
}

/** Takes a secret of 32 bytes and what for; gives a key of AES-256-GCM that cannot be taken out (HKDF-SHA-256, RFC 5869). */
export async function sealingKey(secret: Bytes, purpose: string): Promise<CryptoKey> {
  return await expand(secret, purpose, { name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt'])
}

/** The same for a key of HMAC-SHA-256, by which rows are named. */
export async function namingKey(secret: Bytes, purpose: string): Promise<CryptoKey> {
  return await expand(secret, purpose, { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign'])
}

async function expand(
  secret: Bytes,
  purpose: string,
  wanted: { readonly name: string; readonly hash?: string; readonly length: number },
  uses: KeyUsage[],
): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8(purpose) }
  return await crypto.subtle.deriveKey(algorithm, root, wanted, false, uses)
}

type KeyUsage = 'encrypt' | 'decrypt' | 'sign'
