/** Whether a certificate is good: path building and validation (RFC 5280 6), by the trust that is given. */
import { type Certificate, type Crl, isIssuedBy, isStrong } from './certificate.ts'

export type Verdict =
  /** `crl` is the digest of the CRL of the leaf's issuer. */
  { readonly good: true; readonly crl: string } | { readonly good: false; readonly reason: Refusal }

export type Refusal = 'not-yet-valid' | 'expired' | 'revoked' | 'unchained' | 'no-current-crl' | 'weak-key'

export type Trust = {
  /** Self-signed ones are anchors, the others help to build chains. */
  readonly certificates: readonly Certificate[]
  /** The CRL in force of an issuer. */
  readonly crlOf: (issuer: Certificate) => Crl | undefined
  /** How long after its nextUpdate a CRL still counts. */
  readonly crlGraceMs: number
}

export type Judge = (certificate: Certificate, extra: readonly Certificate[], at: Date) => Verdict

type Path = readonly Certificate[]

const MAX_PATH = 10
/** A sender chooses `extra`: no choice of it may cost more signature checks than this. */
const MAX_CHECKS = 64
const MAX_EXTRA = 10
const MAX_CACHED = 10_000

/** A verdict, and the times (ms) from and until which it is the same. */
type Standing = { readonly verdict: Verdict; readonly from: number; readonly until: number }

/**
 * Makes the judge of one state of trust, in which the CRLs in force are the same for good. Signatures are checked once for each
 * certificate and the paths kept, because they do not change with time. A good verdict stands until something that it is
 * founded on ends: it is kept for so long, for each request asks twice.
 */
export function makeJudge(trust: Trust): Judge {
  const standing = new WeakMap<Certificate, Standing>()
  const bySubject = Map.groupBy(trust.certificates, ({ subject }) => subject)
  const cache = new Map<string, readonly Path[]>()

  const pathsOf = (certificate: Certificate, extra: readonly Certificate[]): readonly Path[] => {
    const key = [certificate, ...extra].map(({ thumbprint }) => thumbprint).join()
    const cached = cache.get(key)
    if (cached) return cached
    const paths = findPaths(
      certificate,
      (issuer) => [
        ...(bySubject.get(issuer) ?? []),
        ...extra.filter(({ subject, selfSigned }) => subject === issuer && !selfSigned),
      ],
      (candidate) => candidate.selfSigned && isKnown(candidate),
    )
    if (cache.size >= MAX_CACHED) cache.clear()
    cache.set(key, paths)
    return paths
  }
  const isKnown = ({ subject, thumbprint }: Certificate) =>
    bySubject.get(subject)?.some((known) => known.thumbprint === thumbprint) === true

  return (certificate, extra, at) => {
    const kept = standing.get(certificate)
    if (kept && kept.from <= at.getTime() && at.getTime() <= kept.until) return kept.verdict
    const refusal = judgeAlone(certificate, at)
    if (refusal) return { good: false, reason: refusal }
    const { verdict, ...times } = judgePaths(trust, pathsOf(certificate, []), at)
    if (verdict.good) standing.set(certificate, { verdict, ...times })
    if (verdict.good || extra.length === 0) return verdict
    // What the peer sends along is looked at only where the trust folder does not suffice.
    const { verdict: helped } = judgePaths(trust, pathsOf(certificate, extra.slice(0, MAX_EXTRA)), at)
    return helped.good || verdict.reason === 'unchained' ? helped : verdict
  }
}

/** What bars a leaf whatever its chain. */
function judgeAlone(certificate: Certificate, at: Date): Refusal | undefined {
  return judgeValidity(certificate, at) ?? (isStrong(certificate) ? undefined : 'weak-key')
}

function judgeValidity({ notBefore, notAfter }: Certificate, at: Date): Refusal | undefined {
  if (at < notBefore) return 'not-yet-valid'
  return at > notAfter ? 'expired' : undefined
}

/** The first good path decides; where there is none, what was wrong with the first. */
function judgePaths(trust: Trust, paths: readonly Path[], at: Date): Standing {
  const judged = paths.map((path) => judgePath(trust, path, at))
  return judged.find(({ verdict }) => verdict.good) ?? judged[0] ?? refused('unchained', at)
}

function judgePath({ crlOf, crlGraceMs }: Trust, path: Path, at: Date): Standing {
  const links = path.map((certificate, place) => ({ certificate, crl: crlOf(path[place + 1] ?? certificate) }))
  const outdated = path.map((certificate) => judgeValidity(certificate, at)).find((refusal) => refusal !== undefined)
  if (outdated) return refused(outdated, at)
  // A certificate that was revoked stays so, however old the list.
  const revoked = links.some(({ certificate, crl }) => crl?.revoked.has(certificate.serial))
  if (revoked) return refused('revoked', at)
  const ends = links.map(({ crl }) => (crl ? crl.nextUpdate.getTime() + crlGraceMs : Number.NEGATIVE_INFINITY))
  const [first] = links
  if (!first?.crl || Math.min(...ends) < at.getTime()) return refused('no-current-crl', at)
  return {
    verdict: { good: true, crl: first.crl.digest },
    from: Math.max(...path.map(({ notBefore }) => notBefore.getTime())),
    until: Math.min(...ends, ...path.map(({ notAfter }) => notAfter.getTime())),
  }
}

function refused(reason: Refusal, at: Date): Standing {
  return { verdict: { good: false, reason }, from: at.getTime(), until: at.getTime() }
}

/** Every path, its signatures checked, from a leaf to an anchor; depth first, within bounds. */
function findPaths(
  leaf: Certificate,
  issuersNamed: (subject: string) => readonly Certificate[],
  isAnchor: (certificate: Certificate) => boolean,
): readonly Path[] {
  const paths: Path[] = []
  let checks = 0
  const extend = (path: Path, last: Certificate): void => {
    if (isAnchor(last)) return void paths.push(path)
    if (path.length >= MAX_PATH) return
    for (const issuer of issuersNamed(last.issuer)) {
      if (path.some(({ keyThumbprint }) => keyThumbprint === issuer.keyThumbprint) || !mayIssue(issuer, path)) continue
      checks += 1
      if (checks > MAX_CHECKS) return
      if (isIssuedBy(last, issuer)) extend([...path, issuer], issuer)
    }
  }
  if (leaf.understood && leaf.maySign) extend([leaf], leaf)
  return paths
}

/** Whether an authority may stand above a path: pathLength counts the authorities between it and the leaf (RFC 5280 4.2.1.9). */
function mayIssue(issuer: Certificate, below: Path): boolean {
  const strong = issuer.kind !== 'RSA' || isStrong(issuer)
  return strong && issuer.understood && below.length - 1 <= (issuer.pathLength ?? MAX_PATH)
}
