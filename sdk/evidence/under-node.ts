import { createPublicKey, verify } from 'node:crypto'
import { type MlDsa, openVerify, type Verify } from './public-key.ts'

/** Node has ML-DSA before its WebCrypto has left the experiment. */
const mlDsa: MlDsa = (_, { spki }, signed, signature) => {
  try {
    return verify(null, signed, createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }), signature)
  } catch {
    return false
  }
}

/** What verifies signatures under Node. */
export const verifyUnderNode: Verify = openVerify(mlDsa)
