/** Whom the gateway trusts: anchors and CRLs of the trust folder, watched, as snapshots (protocol section 1). */
import { type Certificate, type Crl, isCrlOf } from './certificate.ts'
import { type Judge, makeJudge } from './chain.ts'
import { codeOf, type Log } from '../base/base.ts'
import { openTrustFolder, type TrustFiles } from './trust-folder.ts'

export type TrustSnapshot = {
  readonly version: number
  /**
   * What OpenSSL is given for handshakes. `crl` is undefined while a CRL is past its nextUpdate but within its grace, because
   * OpenSSL knows no grace and would refuse everybody: then `judge` alone tells, and so it must be asked about every peer.
   */
  readonly tls: { readonly ca: readonly string[]; readonly crl: readonly string[] | undefined }
  readonly judge: Judge
  /** Whether a certificate of the chain (leaf first, each followed by its issuer) is on a CRL here, also of an issuer that nothing here vouches for. */
  isRevoked(chain: readonly Certificate[]): boolean
  /** Since when a certificate is on the CRL in force of its issuer. */
  revokedAt(certificate: Certificate): Date | undefined
  alarms(at: Date): readonly Alarm[]
}

export type Alarm = { readonly code: string; readonly subject: string; readonly since?: Date }

export type Trust = {
  current(): TrustSnapshot
  onChange(listener: (snapshot: TrustSnapshot) => void): void
  close(): Promise<void>
}

export type TrustOptions = { crlGraceMs: number; now: () => Date; log: Log; pollMs?: number }

/** A trust folder that the gateway cannot start with; one line. */
export class TrustFault extends Error {
  override readonly name = 'TrustFault'
}

/** A change takes effect within 5 s (section 1). Polled: notifications fail on network and container file systems. */
const POLL_MS = 1000
const EARLY_MS = 10_000

/**
 * Opens the trust folder and watches it.
 * @throws TrustFault where the folder cannot be read or holds no anchor
 */
export async function openTrust(folder: string, options: TrustOptions): Promise<Trust> {
  const { now, log, crlGraceMs, pollMs = POLL_MS } = options
  const readFolder = openTrustFolder(folder, log)
  const listeners: ((snapshot: TrustSnapshot) => void)[] = []
  /** By issuer. Outlives the files: a CRL that was in force stays so until a newer one comes. */
  const inForce = new Map<string, Crl>()
  let state = ''
  let snapshot: TrustSnapshot | undefined

  const refresh = async (): Promise<TrustSnapshot> => {
    const files = await readFolder()
    const at = now()
    for (const issuer of files.certificates) takeNewest(inForce, issuer, files.crls, at)
    const next = describeState(files, inForce, at, crlGraceMs)
    if (snapshot && next === state) return snapshot
    state = next
    snapshot = makeSnapshot((snapshot?.version ?? 0) + 1, files, new Map(inForce), at, crlGraceMs)
    const { version } = snapshot
    log.info({ version, certificates: files.certificates.length, crls: files.crls.length }, 'trust in force')
    for (const listener of listeners) listener(snapshot)
    return snapshot
  }

  const first = await refresh().catch((error: unknown) => {
    throw new TrustFault(`the trust folder cannot be read (${codeOf(error)})`)
  })
  if (first.alarms(now()).some(({ code }) => code === 'no-trust-anchor')) {
    throw new TrustFault('the trust folder holds no trust anchor')
  }

  let closed = false
  let failed = ''
  let timer: NodeJS.Timeout | undefined
  let polling: Promise<void> = Promise.resolve()
  const poll = async (): Promise<void> => {
    try {
      await refresh()
      failed = ''
    } catch (error) {
      // What is in force stays; said once, not each second.
      if (failed !== codeOf(error)) log.error({ code: codeOf(error) }, 'trust folder cannot be read')
      failed = codeOf(error)
    }
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
      await polling
    },
  }
}

function makeSnapshot(
  version: number,
  files: TrustFiles,
  inForce: ReadonlyMap<string, Crl>,
  at: Date,
  crlGraceMs: number,
): TrustSnapshot {
  const { certificates, crls } = files
  const crlOf = (issuer: Certificate) => inForce.get(issuerKey(issuer)) ?? newest(issuer, crls, at)
  // Of an authority that left the folder nothing is asked any more: its list must not end the handshake's check for all.
  const lists = certificates.flatMap((issuer) => inForce.get(issuerKey(issuer)) ?? [])
  const inGrace = lists.some((crl) => isInGraceForTls(crl, at, crlGraceMs))
  return {
    version,
    tls: { ca: certificates.map(({ pem }) => pem), crl: inGrace ? undefined : lists.map(({ pem }) => pem) },
    judge: makeJudge({ certificates, crlOf, crlGraceMs }),
    isRevoked: (chain) =>
      chain.some((certificate, place) => crlOf(chain[place + 1] ?? certificate)?.revoked.has(certificate.serial)),
    revokedAt: ({ issuer, serial }) =>
      inForce
        .values()
        .find((crl) => crl.issuer === issuer)
        ?.revoked.get(serial),
    alarms: (moment) => findAlarms(files, inForce, moment, crlGraceMs),
  }
}

function findAlarms(
  { certificates, ignored }: TrustFiles,
  inForce: ReadonlyMap<string, Crl>,
  at: Date,
  crlGraceMs: number,
): readonly Alarm[] {
  const ofCrls = certificates
    .filter(({ isAuthority }) => isAuthority)
    .flatMap((issuer): readonly Alarm[] => {
      const { subject } = issuer
      const crl = inForce.get(issuerKey(issuer))
      if (!crl) return [{ code: 'crl-missing', subject }]
      const phase = phaseOf(crl, at, crlGraceMs)
      return phase === 'current' ? [] : [{ code: `crl-${phase}`, subject, since: crl.nextUpdate }]
    })
  const ofAuthorities = certificates
    .filter(({ notAfter }) => notAfter < at)
    .map(({ subject, notAfter }) => ({ code: 'authority-expired', subject, since: notAfter }))
  const ofFiles = ignored.map((name) => ({ code: 'trust-file-ignored', subject: name }))
  const ofAnchors = certificates.some(({ selfSigned }) => selfSigned)
    ? []
    : [{ code: 'no-trust-anchor', subject: '*.crt' }]
  return [...ofAnchors, ...ofCrls, ...ofAuthorities, ...ofFiles]
}

/** A little early, so that no handshake falls between the end of a CRL and the next poll. A lapsed CRL makes OpenSSL refuse: rightly. */
function isInGraceForTls(crl: Crl, at: Date, crlGraceMs: number): boolean {
  const soon = new Date(at.getTime() + EARLY_MS)
  return phaseOf(crl, soon, crlGraceMs) !== 'current' && phaseOf(crl, at, crlGraceMs) !== 'lapsed'
}

/** `grace`: past its nextUpdate and still counted; `lapsed`: no longer (section 1). */
function phaseOf({ nextUpdate }: Crl, at: Date, crlGraceMs: number): 'current' | 'grace' | 'lapsed' {
  if (at <= nextUpdate) return 'current'
  return at.getTime() <= nextUpdate.getTime() + crlGraceMs ? 'grace' : 'lapsed'
}

/** All that a snapshot depends on, so that a poll that finds it unchanged makes none. */
function describeState(files: TrustFiles, inForce: ReadonlyMap<string, Crl>, at: Date, crlGraceMs: number): string {
  return JSON.stringify([
    files.certificates.map(({ thumbprint }) => thumbprint),
    files.crls.map(({ digest, thisUpdate }) => [digest, thisUpdate <= at]),
    files.ignored,
    [...inForce.values()].map((crl) => [
      crl.digest,
      phaseOf(crl, at, crlGraceMs),
      isInGraceForTls(crl, at, crlGraceMs),
    ]),
  ])
}

function takeNewest(inForce: Map<string, Crl>, issuer: Certificate, crls: readonly Crl[], at: Date): void {
  const key = issuerKey(issuer)
  const held = inForce.get(key)
  const found = newest(issuer, held ? [held, ...crls] : crls, at)
  if (found) inForce.set(key, found)
}

/** The newest CRL of an issuer, its signature checked; one from the future waits. The earlier in the list wins a tie. */
function newest(issuer: Certificate, crls: readonly Crl[], at: Date): Crl | undefined {
  return crls
    .filter((crl) => crl.issuer === issuer.subject && crl.thisUpdate <= at && isGenuine(crl, issuer))
    .reduce<Crl | undefined>((best, crl) => (best && !isNewer(crl, best) ? best : crl), undefined)
}

/** By CRL number (RFC 5280 5.2.3), else by thisUpdate. */
function isNewer(crl: Crl, than: Crl): boolean {
  if (crl.number !== undefined && than.number !== undefined && crl.number !== than.number) {
    return crl.number > than.number
  }
  return crl.thisUpdate > than.thisUpdate
}

/** Each CRL's signature is checked once for each key: the folder is looked at every second. */
const checked = new WeakMap<Crl, Map<string, boolean>>()

function isGenuine(crl: Crl, issuer: Certificate): boolean {
  const byKey = checked.get(crl) ?? new Map<string, boolean>()
  checked.set(crl, byKey)
  const known = byKey.get(issuer.thumbprint)
  if (known !== undefined) return known
  const genuine = isCrlOf(crl, issuer)
  byKey.set(issuer.thumbprint, genuine)
  return genuine
}

/** Name and key: two authorities of one name do not revoke each other's certificates. */
function issuerKey({ subject, keyThumbprint }: Certificate): string {
  return `${keyThumbprint} ${subject}`
}
