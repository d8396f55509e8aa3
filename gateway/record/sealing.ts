import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/**
 * Sealing at rest (section 12): AES-256-GCM (NIST SP 800-38D). What is sealed is nonce | ciphertext | tag. Contents are
 * sealed under the key of their case, and that key under the gateway's data key, by the same two functions.
 */

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
// SP 800-38D, 8.2.2 and 8.3: a random nonce of 96 bits bears 2^32 sealings under one key
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Sealed bytes that do not open: a wrong key, other associated data, or a byte that was changed or cut off. */
export class SealFault extends Error {
  override readonly name = 'SealFault'

  constructor() {
    super('sealed bytes do not open: wrong key, wrong place or changed bytes')
  }
}

/**
 * Seals bytes under a key of 32 bytes. `associated` says what they are and where they belong, so that sealed bytes that
 * somebody moves to another row do not open there. Throws RangeError on a key of another length.
 */
export function sealBytes(key: Buffer, plain: Uint8Array, associated: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(associated)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Opens what sealBytes sealed under the same key and associated data. Throws SealFault where it does not open. */
export function openBytes(key: Buffer, sealed: Uint8Array, associated: Buffer): Buffer {
  const tagAt = sealed.length - TAG_BYTES
  if (tagAt < NONCE_BYTES || key.length !== KEY_BYTES) throw new SealFault()
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(associated)
    .setAuthTag(sealed.subarray(tagAt))
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, tagAt))
  try {
    return Buffer.concat([plain, decipher.final()])
  } catch {
    plain.fill(0)
    throw new SealFault()
  }
}
