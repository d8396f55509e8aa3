import type { Alarm, GatewayKeys, TrustSnapshot } from '../identity/identity.ts'
import type { Away } from '../attachments/attachments.ts'
import type { Log } from '../base/base.ts'
import type { BackupAge, DiskState, Silence } from '../record/record.ts'

/** How long before a certificate ends its owner is told (protocol section 1). */
export const WARN_BEFORE_MS = 30 * 24 * 3_600_000

/** For so long an answer that does not come keeps its alarm on: there may be none to come, as where the message was refused. */
const OVERDUE_MS = 7 * 24 * 3_600_000
/** Answers of which it was told before then raise no alarm any more. */
export const overdueSince = (now: Date): Date => new Date(now.getTime() - OVERDUE_MS)

type Looked = {
  readonly trust: TrustSnapshot
  readonly keys: GatewayKeys
  readonly disk: DiskState
  readonly silent: readonly Silence[]
  readonly away: readonly Away[]
  readonly backup: Pick<BackupAge, 'isOverdue'>
  /** What was read again and could not be taken. */
  readonly refused?: readonly Alarm[]
}

/**
 * What an operator has to see to: revocation lists and authorities that end, the gateway's own certificates, what was read again in
 * vain, a disk that fills, a backup that is too old, what attachments need and cannot reach, agencies that the registry no longer has
 * though something waits for them, and those that are silent.
 */
export function alarmsOf(
  { trust, keys, disk, silent, away, backup, refused = [] }: Looked,
  now: Date,
  gone: readonly string[] = [],
): readonly Alarm[] {
  const own = [keys.tls.certificate, keys.signer.certificate]
  const ending = own.filter(({ notAfter }) => notAfter.getTime() - now.getTime() < WARN_BEFORE_MS)
  return [
    ...trust.alarms(now),
    ...refused,
    ...gone.map((agency) => ({ code: 'agency-gone', subject: agency })),
    ...silent.flatMap(({ agency, overdue, unread }) => [
      ...(overdue > 0 ? [{ code: 'response-overdue', subject: agency }] : []),
      ...(unread > 0 ? [{ code: 'message-unread', subject: agency }] : []),
    ]),
    ...(disk === 'low' || disk === 'full' ? [{ code: `disk-${disk}`, subject: 'record' }] : []),
    ...away.map((code) => ({ code, subject: 'attachments' })),
    ...(backup.isOverdue(now) ? [{ code: 'backup-overdue', subject: 'record' }] : []),
    ...ending.map(({ subject, notAfter }) => ({ code: 'own-certificate-expires', subject, since: notAfter })),
  ]
}

/** What to do, for whoever reads the log. */
export const remedies: Readonly<Record<string, string>> = {
  'no-trust-anchor': 'put a self-signed certificate (*.crt) into the trust folder: nobody is let in without',
  'crl-missing': 'put the list (*.crl) of this authority into the trust folder: its certificates are refused without',
  'crl-grace': 'put the next list of this authority into the trust folder before PASSERELLE_CRL_GRACE is over',
  'crl-lapsed': 'put a current list of this authority into the trust folder: its certificates are refused',
  'crl-behind':
    'this process has an older list than has been in force: put the newest list of this authority into its trust folder; until then its certificates are refused',
  'crl-number-went-back':
    'a later list of this authority has a lower number and does not count: ask the authority which one is right',
  'authority-expired': 'take the certificate of this authority out of the trust folder, or put the next one beside it',
  'trust-file-ignored':
    'the line «trust file ignored» says why this file cannot be taken: replace it; what it held before still counts',
  'trust-folder-unread':
    'the trust folder could not be read for 10 s: look at its disk or mount; no revocation is seen',
  'agency-gone': 'put the agency back into the registry file, if only as suspended: something waits for it',
  'response-overdue': 'telephone the agency: somebody asked it by a time that has passed, and waits for its answer',
  'message-unread': 'telephone the agency: a message lies in its mailbox, and nobody has acknowledged it',
  'disk-low':
    'make room on the disk of the record: under 10 % or 2 GiB of it are free; under 1 GiB nothing more is accepted',
  'disk-full': 'make room on the disk of the record at once: under 1 GiB of it is free, and submissions are refused',
  'attachment-store-away':
    'look at the store that PASSERELLE_ATTACHMENTS_URL names, and at its credentials: attachments can be neither put nor fetched until it answers',
  'scanner-away': 'look at the clamd that PASSERELLE_CLAMD names: no attachment is taken until it answers',
  'backup-overdue':
    'the last good backup is older than PASSERELLE_BACKUP_MAX_AGE, or nobody has noted one: make one now (npm run backup), and see why it was not made',
  'own-certificate-expires': 'renew this certificate of the gateway, then send SIGHUP to every process',
  'own-certificates-refused':
    'the line «own certificates refused» says why the new certificate or key cannot be taken: correct it, then send SIGHUP again; the one before is still shown',
  'data-keys-refused':
    'the line «data keys refused» says why the file of the data keys cannot be taken: correct it, then send SIGHUP again',
  'data-key-unknown':
    'this process does not know a data key of the record, and answers 503: send it SIGHUP, or start it again, with the whole file',
}

/** An alarm that is on, and since when this process has seen it. */
export type RaisedAlarm = Alarm & { readonly began: Date }

export type AlarmWatch = {
  /** Looks which alarms are on, and says in the log which have begun, and which have ended, since the last time. */
  look(): void
  /** Those that are on, and since when this process has seen them; `/metrics` shows them, too. */
  on(): readonly RaisedAlarm[]
}

/** @param look gives those that are on; @param tell hears of each that begins or ends */
export function watchAlarms(
  look: () => readonly Alarm[],
  { log, now, tell = () => undefined }: { log: Log; now: () => Date; tell?: (alarm: Alarm, on: boolean) => void },
): AlarmWatch {
  let on: ReadonlyMap<string, RaisedAlarm> = new Map()
  return {
    look() {
      const before = on
      const began = now()
      on = new Map(
        look()
          .map((alarm) => ({ key: `${alarm.code} ${alarm.subject}`, alarm }))
          .map(({ key, alarm }) => [key, { ...alarm, began: before.get(key)?.began ?? began }]),
      )
      for (const [key, alarm] of on) {
        if (before.has(key)) continue
        log.warn({ alarm: alarm.code, subject: alarm.subject, remedy: remedies[alarm.code] }, 'an alarm is on')
        tell(alarm, true)
      }
      for (const [key, alarm] of before) {
        if (on.has(key)) continue
        log.info({ alarm: alarm.code, subject: alarm.subject }, 'an alarm is over')
        tell(alarm, false)
      }
    },
    on: () => [...on.values()],
  }
}
