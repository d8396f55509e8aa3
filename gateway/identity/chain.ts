/** Whether a certificate is good: path building and validation (RFC 5280 6, RFC 4158), by the trust that is given. */
import { type Certificate, isHeavy, isIssuedBy, isStrong } from './certificate.ts'
import { type Crl, revokedSince } from './crl.ts'

export type Verdict =
  /** `crl` is the digest of the CRL of the leaf's issuer. */
  | { readonly good: true; readonly crl: string; readonly grounds: Grounds }
  | { readonly good: false; readonly reason: Refusal }

/** By what a certificate was found good: the CRL of its issuer (DER), and the authorities above it up to the anchor. */
export type Grounds = { readonly crl: Crl | undefined; readonly above: readonly Certificate[] }

export type Refusal = 'not-yet-valid' | 'expired' | 'revoked' | 'unchained' | 'no-current-crl' | 'weak-key'

export type Trust = {
  /** Self-signed ones are anchors, the others help to build chains. */
  readonly certificates: readonly Certificate[]
  /** The CRL in force of an issuer. */
  readonly crlOf: (issuer: Certificate) => Crl | undefined
  /** How long after its nextUpdate a CRL still counts. */
  readonly crlGraceMs: number
}

/** What came along with a certificate, `extra`, may help it and never harms it. */
export type Judge = (certificate: Certificate, extra: readonly Certificate[], at: Date) => Verdict

/** Whether a good path leads from a certificate through each of these, in this order, to an anchor. */
export type Vouch = (certificate: Certificate, above: readonly Certificate[], at: Date) => boolean

/** A certificate on its way up. `below` counts the authorities under it that are not self-issued (RFC 5280 6.1.4 l). */
type Step = { readonly certificate: Certificate; readonly below: number; readonly from?: Step }

/** What a path must stand up to. */
type Demands = { readonly validity: boolean; readonly unrevoked: boolean; readonly current: boolean }

type Search = {
  readonly extra: readonly Certificate[]
  readonly at: Date
  readonly demands: Demands
  /** Signatures that may still be checked for certificates that somebody has sent. */
  readonly budget: { left: number }
}

/** A sender chooses `extra`: no choice of it may cost more signature checks than this, 10 ms where the keys are slow ones. */
const MAX_CHECKS = 20
const MAX_EXTRA = 10
const MAX_CACHED = 10_000

/** Asking for less and less shows what a certificate lacks: the first of these under which there is a path names it. */
const all: Demands = { validity: true, unrevoked: true, current: true }
const nothing: Demands = { validity: false, unrevoked: false, current: false }
const less: readonly (readonly [Demands, Refusal])[] = [
  [{ ...all, current: false }, 'no-current-crl'],
  [{ ...nothing, validity: true }, 'revoked'],
  [nothing, 'expired'],
]

/** A verdict, and the times (ms) from and until which it is the same. */
type Standing = { readonly verdict: Verdict; readonly from: number; readonly until: number }

/**
 * Makes the judge of one state of trust, in which the CRLs in force are the same for good. Whoever has one good path is good,
 * whatever else there is. Signatures are checked once for each pair, because they do not change with time. A good verdict stands
 * until something that it is founded on ends: it is kept for so long, for each request asks twice.
 */
export function makeJudge(trust: Trust): { readonly judge: Judge; readonly vouch: Vouch } {
  const standing = new WeakMap<Certificate, Standing>()
  const bySubject = Map.groupBy(trust.certificates, ({ subjectName }) => subjectName)
  const known = new Set(trust.certificates.map(({ thumbprint }) => thumbprint))
  const checked = new Map<string, boolean>()

  const isAnchor = ({ selfSigned, thumbprint }: Certificate) => selfSigned && known.has(thumbprint)

  const isIssued = (certificate: Certificate, issuer: Certificate, { budget }: Search): boolean => {
    const key = `${certificate.thumbprint} ${issuer.thumbprint}`
    const before = checked.get(key)
    if (before !== undefined) return before
    // What the operators put into the folder costs what it costs.
    if (!known.has(issuer.thumbprint) && --budget.left < 0) return false
    const issued = isIssuedBy(certificate, issuer)
    if (checked.size >= MAX_CACHED) checked.clear()
    checked.set(key, issued)
    return issued
  }

  /** Whether a certificate stands up to the demands, by the list of its issuer. */
  const stands = (certificate: Certificate, issuer: Certificate, { demands, at }: Search): boolean => {
    if (demands.validity && judgeValidity(certificate, at)) return false
    if (!demands.unrevoked && !demands.current) return true
    const crl = trust.crlOf(issuer)
    // One that was revoked stays so, however old the list.
    if (demands.unrevoked && crl && revokedSince(crl, certificate.serial)) return false
    return !demands.current || endOf(trust, crl) >= at.getTime()
  }

  const issuersOf = ({ certificate, below }: Step, isLeaf: boolean, search: Search): readonly Step[] => {
    const candidates = [
      ...(bySubject.get(certificate.issuerName) ?? []),
      ...search.extra.filter((one) => one.subjectName === certificate.issuerName && !one.selfSigned),
    ]
    const counts = !isLeaf && certificate.subjectName !== certificate.issuerName
    const above = below + (counts ? 1 : 0)
    return candidates
      .filter((issuer) => issuer.understood && above <= (issuer.pathLength ?? Number.POSITIVE_INFINITY))
      .filter((issuer) => isIssued(certificate, issuer, search) && stands(certificate, issuer, search))
      .map((issuer) => ({ certificate: issuer, below: above }))
  }

  /**
   * The way up from a step to the first certificate that is wanted. Each is passed once, with the fewest authorities below: no
   * other way to it could lead further.
   */
  const climb = (start: Step, search: Search, isWanted: (certificate: Certificate) => boolean): Step | undefined => {
    const passed = new Set<string>()
    for (let level = [start]; level.length > 0; ) {
      const further: Step[] = []
      for (const step of level) {
        if (passed.has(step.certificate.thumbprint)) continue
        passed.add(step.certificate.thumbprint)
        const found = isAnchor(step.certificate) ? stands(step.certificate, step.certificate, search) : true
        if (found && isWanted(step.certificate)) return step
        for (const next of issuersOf(step, step.from === undefined, search)) {
          const above = { ...next, from: step }
          // A self-issued one is no further up: it is looked at in this turn.
          if (next.below === step.below) level.push(above)
          else further.push(above)
        }
      }
      level = further
    }
    return undefined
  }

  const findPath = (certificate: Certificate, search: Search): readonly Certificate[] | undefined =>
    pathTo(climb({ certificate, below: 0 }, search, isAnchor))

  const searchFor = (extra: readonly Certificate[], at: Date, demands: Demands): Search => ({
    extra: extra.slice(0, MAX_EXTRA),
    at,
    demands,
    budget: { left: MAX_CHECKS },
  })

  const judgeWith = (certificate: Certificate, extra: readonly Certificate[], at: Date): Standing => {
    const search = searchFor(extra, at, all)
    // Whose certificates lead nowhere has no list looked at: to find that of a key that a stranger made takes hashing it whole.
    if (extra.length > 0 && !findPath(certificate, { ...search, demands: nothing })) return refused('unchained', at)
    const path = findPath(certificate, search)
    if (path) return standingOf(trust, path)
    for (const [demands, reason] of less) {
      const lacking = findPath(certificate, { ...search, demands })
      if (!lacking) continue
      const outdated = lacking.map((one) => judgeValidity(one, at)).find((refusal) => refusal !== undefined)
      return refused(reason === 'expired' ? (outdated ?? reason) : reason, at)
    }
    return refused('unchained', at)
  }

  const judge: Judge = (certificate, extra, at) => {
    const kept = standing.get(certificate)
    if (kept && kept.from <= at.getTime() && at.getTime() <= kept.until) return kept.verdict
    const refusal = judgeAlone(certificate, at)
    if (refusal) return { good: false, reason: refusal }
    const { verdict, ...times } = judgeWith(certificate, [], at)
    if (verdict.good) standing.set(certificate, { verdict, ...times })
    if (verdict.good || extra.length === 0) return verdict
    // What the peer sends along is looked at only where the trust folder does not suffice.
    const { verdict: helped } = judgeWith(certificate, extra, at)
    return helped.good || verdict.reason === 'unchained' ? helped : verdict
  }

  const vouch: Vouch = (certificate, above, at) => {
    if (judgeAlone(certificate, at)) return false
    const search = searchFor(above, at, all)
    let step: Step | undefined = { certificate, below: 0 }
    for (const { thumbprint } of above) {
      const before: Certificate | undefined = step?.certificate
      step = step && climb(step, search, (one) => one !== before && one.thumbprint === thumbprint)
    }
    return step !== undefined && climb(step, search, isAnchor) !== undefined
  }

  return { judge, vouch }
}

/** What bars a leaf whatever its chain. */
function judgeAlone(certificate: Certificate, at: Date): Refusal | undefined {
  const refusal =
    judgeValidity(certificate, at) ?? (isStrong(certificate) && !isHeavy(certificate) ? undefined : 'weak-key')
  return refusal ?? (certificate.understood && certificate.maySign ? undefined : 'unchained')
}

function judgeValidity({ notBefore, notAfter }: Certificate, at: Date): Refusal | undefined {
  if (at < notBefore) return 'not-yet-valid'
  return at > notAfter ? 'expired' : undefined
}

/** Until when a list counts (ms). */
function endOf({ crlGraceMs }: Trust, crl: Crl | undefined): number {
  return crl ? crl.nextUpdate.getTime() + crlGraceMs : Number.NEGATIVE_INFINITY
}

/** From the leaf to where a climb has ended. */
function pathTo(step: Step | undefined): readonly Certificate[] | undefined {
  const path: Certificate[] = []
  for (let one = step; one; one = one.from) path.unshift(one.certificate)
  return step && path
}

function standingOf(trust: Trust, path: readonly Certificate[]): Standing {
  const lists = path.map((certificate, place) => trust.crlOf(path[place + 1] ?? certificate))
  return {
    verdict: { good: true, crl: lists[0]?.digest ?? '', grounds: { crl: lists[0], above: path.slice(1) } },
    from: Math.max(...path.map(({ notBefore }) => notBefore.getTime())),
    until: Math.min(...lists.map((crl) => endOf(trust, crl)), ...path.map(({ notAfter }) => notAfter.getTime())),
  }
}

function refused(reason: Refusal, at: Date): Standing {
  return { verdict: { good: false, reason }, from: at.getTime(), until: at.getTime() }
}
