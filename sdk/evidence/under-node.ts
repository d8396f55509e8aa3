import { createPublicKey, verify } from 'node:crypto'
import { SdkFault } from '../problem.ts'
import { kind, readVerifierKey } from './note.ts'
import type { EvidenceTrust } from './proven.ts'
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

/** Throws SdkFault `ml-dsa-not-supported` where a key of ML-DSA-44 is among those to be believed, and this Node knows nothing of it: half a verification is none. */
export async function demandMlDsa({ logKeys, witnesses = [] }: EvidenceTrust): Promise<void> {
  for (const vkey of [...logKeys, ...witnesses.map((witness) => witness.vkey)]) {
    const { name, kind: type, publicKey } = await readVerifierKey(vkey)
    if (type !== kind.mlDsaCosignature) continue
    try {
      createPublicKey({ key: Buffer.from(publicKey.spki), format: 'der', type: 'spki' })
    } catch (cause) {
      throw new SdkFault('ml-dsa-not-supported', { detail: `${process.version}, ${name}`, cause })
    }
  }
}
