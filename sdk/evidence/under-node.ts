import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { SdkFault } from '../problem.ts'
import { type MlDsa, openVerify, type Verify } from './public-key.ts'

/** Node has ML-DSA before its WebCrypto has left the experiment. */
const mlDsa: MlDsa = (kind, { spki }, signed, signature) => verify(null, signed, readKey(kind, spki), signature)

/** Any bytes of the right number are a key of ML-DSA: where it cannot be read it is Node that cannot. */
function readKey(kind: string, spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new SdkFault('ml-dsa-not-supported', { detail: `${process.version}, ${kind}`, cause })
  }
}

/** What verifies signatures under Node. */
export const verifyUnderNode: Verify = openVerify(mlDsa)
