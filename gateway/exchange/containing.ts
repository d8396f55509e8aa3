import type { Turns } from '../base/base.ts'
import type { GatewayKeys } from '../identity/identity.ts'
import type { ProofTexts } from '../log/log.ts'
import type { SignatureWork } from '../protocol/protocol.ts'
import type { Database } from '../record/record.ts'
import { authoritiesAbove } from './authorities.ts'
import type { Bundle, Bundled } from './evidence.ts'

type Needs = {
  readonly database: Database
  readonly keys: () => Pick<GatewayKeys, 'signer'>
  readonly checking: Pick<SignatureWork, 'sign'>
  readonly proofs: Pick<ProofTexts, 'stamped'>
  readonly byTurns: Turns
  readonly now: () => Date
}

/** A bundle, and the same as an ASiC-E container for who asks for that. */
export type Contained = { readonly bundle: Bundle; container(): Promise<Buffer> }

/** Opens it. What makes containers is loaded for the first that somebody asks for. */
export function openContaining({ database, keys, checking, proofs, byTurns, now }: Needs) {
  return (agency: string, { bundle, receipts }: Bundled): Contained => ({
    bundle,
    container: () =>
      byTurns(agency, async () => {
        const { makeContainer } = await import('./asic/asic.ts')
        const { signer } = keys()
        const [above, stamped] = await Promise.all([
          authoritiesAbove(database, [signer.certificate]),
          proofs.stamped(receipts),
        ])
        return await makeContainer(bundle, stamped, { signer, above, work: checking, at: now() })
      }),
  })
}
