import type { Certificate } from '../../identity/identity.ts'
import type { Signer, SignatureWork } from '../../protocol/protocol.ts'

/** By whom a container is signed, and when. */
export type Signing = {
  readonly signer: Signer<Certificate>
  /** The authorities between the signer's certificate and the anchor. */
  readonly above: readonly Certificate[]
  readonly work: Pick<SignatureWork, 'sign'>
  readonly at: Date
}
