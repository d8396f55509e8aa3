/** Whom the gateway trusts: anchors and CRLs of the trust folder, watched, as snapshots (protocol section 1). */
import { type Certificate, isIssuedBy } from './certificate.ts'
import { type Judge, makeJudge, type Vouch } from './chain.ts'
import { codeOf, type Log, within } from '../base/base.ts'
import { type Crl, revokedSince } from './crl.ts'
import { type CrlMark, type CrlMarks, isNewer, issuerKey, markOf } from './crl-marks.ts'
import { type InForce, keepCrls, newest } from './crls-in-force.ts'
import { openTrustFolder, type TrustFiles } from './trust-folder.ts'
import { phaseOf, type TrustView, viewTrust } from './trust-view.ts'

export type TrustSnapshot = {
  readonly version: number
  /** The certificates whose names a listener asks its clients for. Whether a client is good, `judge` alone tells. */
  readonly authorities: readonly string[]
  readonly judge: Judge
  readonly vouch: Vouch
  /** Whether a certificate of a chain is on a CRL here of whichever issued it, also of an issuer that nothing here vouches for. */
  isRevoked(chain: readonly Certificate[]): boolean
  /** Since when a certificate is on the CRL in force of its issuer. */
  revokedAt(certificate: Certificate): Date | undefined
  alarms(at: Date): readonly Alarm[]
  /** When the list in force of each authority ends. */
  lists(): readonly { readonly authority: string; readonly nextUpdate: Date }[]
  view(at: Date): TrustView
}

export type Alarm = { readonly code: string; readonly subject: string; readonly since?: Date }

export type Trust = {
  current(): TrustSnapshot
  onChange(listener: (snapshot: TrustSnapshot) => void): void
  close(): Promise<void>
}

export type TrustOptions = {
  readonly crlGraceMs: number
  readonly now: () => Date
  readonly log: Log
  readonly pollMs?: number
  /** Where it is remembered how new the lists have been; without it, in this process alone. */
  readonly marks?: CrlMarks
  /** A clock that only goes on, in ms. */
  readonly moment?: () => number
}

/** A trust folder that the gateway cannot start with; one line. */
export class TrustFault extends Error {
  override readonly name = 'TrustFault'
}

/** A change takes effect within 5 s (section 1). Polled: notifications fail on network and container file systems. */
const POLL_MS = 1000
/** Nobody knows what the folder holds that was last read before. */
const STALE_MS = 10_000
/** The record may be away; what is in the folder counts all the same. */
const MARKS_MS = 1_000
/** A reading that hangs ends with the process. */
const CLOSE_MS = 1_000

const noMarks: ReadonlyMap<string, CrlMark> = new Map()

/**
 * Opens the trust folder and watches it.
 * @throws TrustFault where the folder cannot be read or holds no anchor; whatever reading the marks throws
 */
export async function openTrust(folder: string, options: TrustOptions): Promise<Trust> {
  const { now, log, crlGraceMs, pollMs = POLL_MS, marks, moment = () => performance.now() } = options
  const readFolder = openTrustFolder(folder, log)
  const keeper = keepCrls()
  const listeners: ((snapshot: TrustSnapshot) => void)[] = []
  let recorded = noMarks
  let state = ''
  let snapshot: TrustSnapshot | undefined
  let readAt = moment()
  const isStale = (): boolean => moment() - readAt > STALE_MS

  const tellOnce = makeTeller((code, text) => log.error({ code }, text))

  const atRecord = async (work: () => Promise<void>): Promise<void> => {
    await tellOnce('how new revocation lists have been could not be read or recorded', async () => {
      const done = await within(
        MARKS_MS,
        work().then(() => true),
      )
      if (done === undefined) throw Object.assign(new Error('took too long'), { code: 'ETIMEDOUT' })
    })
  }

  const refresh = async (): Promise<TrustSnapshot> => {
    const begun = moment()
    // Before the folder: what another process has recorded stood there already.
    if (marks && snapshot) await atRecord(async () => void (recorded = await marks.read()))
    const files = await readFolder()
    const at = now()
    const inForce = await keeper.choose(files.certificates, files.crls, recorded, at, moment())
    const higher = findHigher(inForce, recorded)
    if (marks && higher.size > 0) await atRecord(() => marks.raise(higher))
    readAt = begun
    const next = describeState(files, inForce, at, crlGraceMs)
    if (snapshot && next === state) return snapshot
    state = next
    snapshot = makeSnapshot((snapshot?.version ?? 0) + 1, files, inForce, at, crlGraceMs, isStale)
    const { version } = snapshot
    log.info({ version, certificates: files.certificates.length, crls: files.crls.length }, 'trust in force')
    for (const listener of listeners) listener(snapshot)
    return snapshot
  }

  // At the start no old list must count for want of the record.
  if (marks) recorded = await marks.read()
  const first = await refresh().catch((error: unknown) => {
    throw new TrustFault(`the trust folder cannot be read (${codeOf(error)})`)
  })
  if (first.alarms(now()).some(({ code }) => code === 'no-trust-anchor')) {
    throw new TrustFault('the trust folder holds no trust anchor')
  }

  let closed = false
  let timer: NodeJS.Timeout | undefined
  let polling: Promise<void> = Promise.resolve()
  const poll = async (): Promise<void> => {
    // What is in force stays; said once, not each second.
    await tellOnce('trust folder cannot be read', refresh)
    schedule()
  }
  const schedule = (): void => {
    if (!closed) timer = setTimeout(() => void (polling = poll()), pollMs)
  }
  schedule()

  return {
    current: () => snapshot ?? first,
    onChange: (listener) => void listeners.push(listener),
    close: async () => {
      closed = true
      clearTimeout(timer)
      await within(CLOSE_MS, polling).catch(() => undefined)
    },
  }
}

/** Does what may fail again and again, and tells of a failure when it begins or becomes another. */
function makeTeller(tell: (code: string, text: string) => void) {
  const failing = new Map<string, string>()
  return async (text: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
      failing.delete(text)
    } catch (error) {
      const code = codeOf(error)
      if (failing.get(text) !== code) tell(code, text)
      failing.set(text, code)
    }
  }
}

/** What the record does not know yet. */
function findHigher(inForce: ReadonlyMap<string, InForce>, recorded: ReadonlyMap<string, CrlMark>) {
  const higher = new Map<string, CrlMark & { readonly subject: string }>()
  for (const [key, { issuer, crl }] of inForce) {
    const mark = recorded.get(key)
    if (!mark || isNewer(crl, mark)) higher.set(key, { ...markOf(crl, mark), subject: issuer.subject })
  }
  return higher
}

function makeSnapshot(
  version: number,
  files: TrustFiles,
  inForce: ReadonlyMap<string, InForce>,
  at: Date,
  crlGraceMs: number,
  isStale: () => boolean,
): TrustSnapshot {
  const { certificates, crls } = files
  const lists = new Map([...inForce].map(([key, one]) => [key, one.behind ? ended(one.crl) : one.crl]))
  const crlOf = (issuer: Certificate) => lists.get(issuerKey(issuer)) ?? newest(issuer, crls, at)
  const { judge, vouch } = makeJudge({ certificates, crlOf, crlGraceMs })
  const isOnList = (certificate: Certificate, issuer: Certificate): boolean => {
    if (issuer.subjectName !== certificate.issuerName) return false
    const { serial } = certificate
    const list = lists.get(issuerKey(issuer))
    // The signature last: it is what takes time.
    if (list) return revokedSince(list, serial) !== undefined && isIssuedBy(certificate, issuer)
    // But first where the list would have to be hashed whole, to know whether it is this issuer's.
    if (!isIssuedBy(certificate, issuer)) return false
    const found = newest(issuer, crls, at)
    return found !== undefined && revokedSince(found, serial) !== undefined
  }
  return {
    version,
    authorities: certificates.map(({ pem }) => pem),
    judge,
    vouch,
    isRevoked: (chain) =>
      chain.some((certificate) => [...chain, ...certificates].some((issuer) => isOnList(certificate, issuer))),
    revokedAt: (certificate) => {
      const revoking = [...inForce.values()].find(({ issuer }) => isOnList(certificate, issuer))
      return revoking && revokedSince(revoking.crl, certificate.serial)
    },
    lists: () =>
      files.certificates.flatMap((issuer) => {
        const list = issuer.isAuthority ? inForce.get(issuerKey(issuer)) : undefined
        return list ? [{ authority: issuer.subject, nextUpdate: list.crl.nextUpdate }] : []
      }),
    alarms: (moment) => [
      ...(isStale() ? [{ code: 'trust-folder-unread', subject: 'PASSERELLE_TRUST' }] : []),
      ...findAlarms(files, inForce, moment, crlGraceMs),
    ],
    view: (moment) => viewTrust(files, inForce, moment, crlGraceMs),
  }
}

/** A list that goes on revoking, and says of nothing that it is good. */
function ended(crl: Crl): Crl {
  return { ...crl, nextUpdate: new Date(-8.64e15) }
}

function findAlarms(
  { certificates, ignored }: TrustFiles,
  inForce: ReadonlyMap<string, InForce>,
  at: Date,
  crlGraceMs: number,
): readonly Alarm[] {
  const ofCrls = certificates
    .filter(({ isAuthority }) => isAuthority)
    .flatMap((issuer): readonly Alarm[] => {
      const { subject } = issuer
      const list = inForce.get(issuerKey(issuer))
      if (!list) return [{ code: 'crl-missing', subject }]
      const phase = phaseOf(list.crl, at, crlGraceMs)
      return [
        ...(phase === 'current' ? [] : [{ code: `crl-${phase}`, subject, since: list.crl.nextUpdate }]),
        ...(phase === 'current' && endsSoon(list.crl, at) ? [{ code: 'crl-expires', subject }] : []),
        ...(list.behind ? [{ code: 'crl-behind', subject, since: list.crl.thisUpdate }] : []),
        ...(list.wentBack ? [{ code: 'crl-number-went-back', subject }] : []),
      ]
    })
  const ofAuthorities = certificates
    .filter(({ notAfter }) => notAfter.getTime() - at.getTime() < WARN_BEFORE_MS)
    .map(
      ({ subject, notAfter }): Alarm =>
        notAfter < at
          ? { code: 'authority-expired', subject, since: notAfter }
          : { code: 'authority-expires', subject },
    )
  const ofFiles = ignored.map((name) => ({ code: 'trust-file-ignored', subject: name }))
  const ofAnchors = certificates.some(({ selfSigned }) => selfSigned)
    ? []
    : [{ code: 'no-trust-anchor', subject: '*.crt' }]
  return [...ofAnchors, ...ofCrls, ...ofAuthorities, ...ofFiles]
}

/** How long before a certificate ends its owner is told (protocol section 1). */
export const WARN_BEFORE_MS = 30 * 24 * 3_600_000
/** Authorities publish the next list well before the last tenth of the one in force; of one that counts for long, three days do. */
const LIST_WARN_SHARE = 0.1
const LIST_WARN_MS = 3 * 24 * 3_600_000

function endsSoon({ thisUpdate, nextUpdate }: Crl, at: Date): boolean {
  const warnBefore = Math.min(LIST_WARN_MS, LIST_WARN_SHARE * (nextUpdate.getTime() - thisUpdate.getTime()))
  return nextUpdate.getTime() - at.getTime() < warnBefore
}

/** All that a snapshot depends on, so that a poll that finds it unchanged makes none. */
function describeState(files: TrustFiles, inForce: ReadonlyMap<string, InForce>, at: Date, crlGraceMs: number): string {
  return JSON.stringify([
    files.certificates.map(({ thumbprint }) => thumbprint),
    files.crls.map(({ digest, thisUpdate }) => [digest, thisUpdate <= at]),
    files.ignored,
    [...inForce.values()].map(({ crl, behind, wentBack }) => [
      crl.digest,
      phaseOf(crl, at, crlGraceMs),
      behind,
      wentBack,
    ]),
  ])
}
