import { hostname } from 'node:os'
import {
  type Alarm,
  type GatewayKeys,
  type RegisteredAgency,
  type Registry,
  type TrustSnapshot,
  WARN_BEFORE_MS,
} from '../identity/identity.ts'
import type { Away } from '../attachments/attachments.ts'
import type { Log } from '../base/base.ts'
import type { TreeState } from '../log/log.ts'
import type { BackupAge, DiskState, Silence, Trouble } from '../record/record.ts'
import type { Reason } from './health.ts'
import { remedyOf } from './alarm-words.ts'

/** Those whose subject is an agency. */
export const AGENCY_ALARMS: ReadonlySet<string> = new Set([
  'agency-certificate-expires',
  'agency-gone',
  'agency-unreachable',
  'dead-letter',
  'immediate-unread',
  'message-unread',
  'response-overdue',
])

/** For so long an answer that does not come keeps its alarm on: there may be none to come, as where the message was refused. */
const OVERDUE_MS = 7 * 24 * 3_600_000
/** Answers of which it was told before then raise no alarm any more. */
export const overdueSince = (now: Date): Date => new Date(now.getTime() - OVERDUE_MS)

/** So long a message is tried at an endpoint before its agency counts as unreachable. */
const UNREACHABLE_MS = 15 * 60_000
/** What was tried first before then, and not taken, makes its agency unreachable. */
export const unreachableSince = (now: Date): Date => new Date(now.getTime() - UNREACHABLE_MS)

/** Beyond it, signatures and certificates would be judged by another time than deliveries. */
const CLOCK_MS = 2_000

export type Looked = {
  readonly trust: Pick<TrustSnapshot, 'alarms'>
  readonly keys: GatewayKeys
  readonly registry: Pick<Registry, 'agencies'>
  readonly disk: DiskState
  readonly silent: readonly Silence[]
  readonly troubles: readonly Trouble[]
  /** Agencies that the registry no longer has though something waits for them. */
  readonly gone: readonly string[]
  /** Messages that were accepted and have no delivery. */
  readonly unaccounted: number
  readonly away: readonly Away[]
  readonly backup: Pick<BackupAge, 'isOverdue'>
  /** Whether the quorum of witnesses, where the registry names any, has not cosigned the log for a minute. */
  readonly isUncosigned: boolean
  /** Whether checkpoints should have been time-stamped an hour ago and were not. */
  readonly isStampLate: boolean
  /** Witnesses that say that the log contradicts itself. */
  readonly contradicted: readonly string[]
  /** How the tree of the evidence log stands. */
  readonly tree: Pick<TreeState, 'origin' | 'closed' | 'waitingSince'>
  /** Why the gateway cannot do its work. */
  readonly reasons: readonly Reason[]
  /** How far this machine's clock is ahead of the record's. */
  readonly clockOffsetMs: number
  /** What was read again and could not be taken. */
  readonly refused: readonly Alarm[]
}

/** What an operator has to see to, now. */
export function alarmsOf(looked: Looked, now: Date): readonly Alarm[] {
  const { trust, disk, silent, troubles, gone, unaccounted, away, backup, reasons, clockOffsetMs, refused } = looked
  return [
    ...trust.alarms(now),
    ...refused,
    ...reasons.filter((reason) => reason !== 'stopping').map((code) => ({ code, subject: partOf(code) })),
    ...(unaccounted > 0 ? [{ code: 'messages-unaccounted', subject: 'record' }] : []),
    ...troubles.map(({ code, agency }) => ({ code, subject: agency })),
    ...gone.map((agency) => ({ code: 'agency-gone', subject: agency })),
    ...silent.flatMap(({ agency, overdue, unread }) => [
      ...(overdue > 0 ? [{ code: 'response-overdue', subject: agency }] : []),
      ...(unread > 0 ? [{ code: 'message-unread', subject: agency }] : []),
    ]),
    ...(disk === 'low' || disk === 'full' ? [{ code: `disk-${disk}`, subject: 'record' }] : []),
    ...(Math.abs(clockOffsetMs) > CLOCK_MS ? [{ code: 'clock-off', subject: hostname() }] : []),
    ...aboutLog(looked, now),
    ...away.map((code) => ({ code, subject: 'attachments' })),
    ...(looked.isUncosigned ? [{ code: 'log-uncosigned', subject: 'log' }] : []),
    ...(looked.isStampLate ? [{ code: 'time-stamps-late', subject: 'log' }] : []),
    ...looked.contradicted.map((witness) => ({ code: 'log-contradicted', subject: witness })),
    ...(backup.isOverdue(now) ? [{ code: 'backup-overdue', subject: 'record' }] : []),
    ...ending(looked, now),
  ]
}

/** A receipt is in a checkpoint within 10 s (protocol section 10); so much later somebody should look why it is not. */
const LATE_MS = 60_000

function aboutLog({ tree: { origin = 'log', closed, waitingSince } }: Looked, now: Date): readonly Alarm[] {
  if (closed) return [{ code: 'log-rolled-back', subject: origin }]
  const isLate = waitingSince !== undefined && now.getTime() - waitingSince.getTime() > LATE_MS
  return isLate ? [{ code: 'checkpoint-late', subject: origin, since: waitingSince }] : []
}

const partOf = (reason: Reason): string => reason.split('-', 1)[0] ?? reason

/** Certificates of the gateway's own, and of agencies that have no later one for the same use. */
function ending({ keys, registry }: Looked, now: Date): readonly Alarm[] {
  const isNear = (notAfter: Date): boolean => notAfter.getTime() - now.getTime() < WARN_BEFORE_MS
  const own = [keys.tls.certificate, keys.signer.certificate].filter(({ notAfter }) => isNear(notAfter))
  const agencies = [...registry.agencies.values()].filter(({ certificates }) =>
    lastDays(certificates).some(({ notAfter }) => isNear(notAfter)),
  )
  return [
    ...own.map(({ subject, notAfter }) => ({ code: 'own-certificate-expires', subject, since: notAfter })),
    ...agencies.map(({ id }) => ({ code: 'agency-certificate-expires', subject: id })),
  ]
}

/** For each use the last day of the certificate that lasts longest. */
export function lastDays(
  certificates: RegisteredAgency['certificates'],
): readonly { readonly use: 'tls' | 'signing'; readonly notAfter: Date }[] {
  return (['tls', 'signing'] as const).flatMap((use) => {
    const ends = certificates.filter((pin) => pin.use === use).map(({ certificate }) => certificate.notAfter.getTime())
    return ends.length === 0 ? [] : [{ use, notAfter: new Date(Math.max(...ends)) }]
  })
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
        log.warn({ alarm: alarm.code, subject: alarm.subject, remedy: remedyOf(alarm.code)?.en }, 'an alarm is on')
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
