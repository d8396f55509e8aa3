import { issuerKey } from './crl-marks.ts'
import type { InForce } from './crls-in-force.ts'
import type { Crl } from './crl.ts'
import type { TrustFiles } from './trust-folder.ts'

/** Where a revocation list stands in its time; `grace`: past its nextUpdate and still counted; `lapsed`: no longer (section 1). */
export type CrlPhase = 'current' | 'grace' | 'lapsed'

/** An authority of the trust folder, with the list by which its certificates are judged. */
export type AuthorityView = {
  readonly subject: string
  readonly thumbprint: string
  /** A self-signed one: trust begins there. */
  readonly isAnchor: boolean
  readonly notAfter: Date
  /** Undefined where there is none: its certificates are refused. */
  readonly list:
    | {
        readonly thisUpdate: Date
        readonly nextUpdate: Date
        readonly number: bigint | undefined
        /** How many certificates it revokes. */
        readonly size: number
        readonly phase: CrlPhase
        readonly behind: boolean
      }
    | undefined
}

/** What the trust folder comes to, for whoever looks at it. */
export type TrustView = {
  readonly authorities: readonly AuthorityView[]
  /** Names of files that could not be used. */
  readonly ignored: readonly string[]
}

/** Describes anchors and intermediates, anchors first, and their lists, at a moment. */
export function viewTrust(
  { certificates, ignored }: TrustFiles,
  inForce: ReadonlyMap<string, InForce>,
  at: Date,
  crlGraceMs: number,
): TrustView {
  const authorities = certificates.map((certificate): AuthorityView => {
    const { subject, thumbprint, selfSigned: isAnchor, notAfter } = certificate
    const { crl, behind = false } = inForce.get(issuerKey(certificate)) ?? {}
    const list = crl && {
      thisUpdate: crl.thisUpdate,
      nextUpdate: crl.nextUpdate,
      number: crl.number,
      size: crl.size,
      phase: phaseOf(crl, at, crlGraceMs),
      behind,
    }
    return { subject, thumbprint, isAnchor, notAfter, list }
  })
  return { authorities: authorities.toSorted((a, b) => Number(b.isAnchor) - Number(a.isAnchor)), ignored }
}

/** Whether a list is current, or past its end and how far. */
export function phaseOf({ nextUpdate }: Crl, at: Date, crlGraceMs: number): CrlPhase {
  if (at <= nextUpdate) return 'current'
  return at.getTime() <= nextUpdate.getTime() + crlGraceMs ? 'grace' : 'lapsed'
}
