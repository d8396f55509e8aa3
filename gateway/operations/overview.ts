import type { RegisteredAgency, Registry } from '../identity/identity.ts'
import type { LaneQueue } from '../delivery/delivery.ts'
import {
  type Database,
  type Disk,
  type DiskState,
  lastCalls,
  logState,
  type MailTrouble,
  mailTroubles,
  type OpenAt,
  openDeliveries,
  type Pause,
  pauses,
  type Silence,
  silences,
} from '../record/record.ts'
import { overdueSince, type RaisedAlarm } from './alarms.ts'
import type { Health, Reason } from './health.ts'
import { shareFor } from './share-for.ts'

/** How things stand at one agency. */
export type AgencyOverview = {
  readonly id: string
  /** `gone`: the registry has it no more, and something waits for it. */
  readonly status: 'active' | 'suspended' | 'gone'
  readonly paused: boolean
  /** Not acknowledged, and no dead letter: on the way, held, or in its mailbox. */
  readonly waiting: { readonly immediate: number; readonly urgent: number; readonly routine: number }
  /** Since its acceptance; undefined where nothing waits. */
  readonly oldestWaitingSeconds: number | undefined
  /** Being handed over just now. */
  readonly inFlight: number
  /** Tried in vain, and waiting for the next attempt. */
  readonly retrying: number
  readonly deadLetters: number
  /** In its mailbox for too long (protocol section 6). */
  readonly unread: number
  /** Answers that it owes, and that are overdue (section 6). */
  readonly overdue: number
  /** When it last called, true to some minutes; undefined where it never has. */
  readonly lastSeen: Date | undefined
  /** Notifications to it that could not be mailed since one last could. */
  readonly mail: MailTrouble | undefined
  /** For each use the certificate that lasts longest. */
  readonly certificates: readonly { readonly use: 'tls' | 'signing'; readonly daysLeft: number }[]
}

export type Overview = {
  readonly agencies: readonly AgencyOverview[]
  readonly queue: {
    /** What keeps it from being written to; none where nothing does. */
    readonly reasons: readonly Reason[]
    /** Calls to lanes; undefined where it does not answer. */
    readonly depth: { readonly waiting: number; readonly delayed: number; readonly active: number } | undefined
  }
  readonly record: { readonly reasons: readonly Reason[]; readonly disk: DiskState }
  readonly log: { readonly origin: string; readonly size: number }
  readonly alarms: readonly RaisedAlarm[]
}

type Needs = {
  readonly database: Database
  readonly registry: () => Registry
  readonly queue: Pick<LaneQueue, 'depth'>
  readonly disk: Pick<Disk, 'state'>
  readonly health: Health
  /** The alarms that are on. */
  readonly alarms: () => readonly RaisedAlarm[]
  readonly now: () => Date
}

/** However many look, the record is asked this seldom. */
const FRESH_MS = 1_000
const DAY_MS = 24 * 3_600_000

/** Opens the overview: what is open in the record, beside what this process knows. @throws what the record does */
export function openOverview(needs: Needs): () => Promise<Overview> {
  return shareFor(FRESH_MS, () => look(needs))
}

async function look({ database, registry, queue, disk, health, alarms, now: clock }: Needs): Promise<Overview> {
  const now = clock()
  const [open, silent, paused, calls, mail, log, reasons, depth] = await Promise.all([
    openDeliveries(database, [...registry().agencies.keys()], now),
    silences(database, overdueSince(now)),
    pauses(database),
    lastCalls(database),
    mailTroubles(database),
    logState(database),
    health.reasons(),
    queue.depth().catch(() => undefined),
  ])
  const known = {
    now,
    open: byAgency(open),
    silent: byAgency(silent),
    paused: byAgency(paused),
    calls,
    mail: byAgency(mail),
  }
  const { agencies } = registry()
  const gone = [...known.open.keys()].filter((id) => !agencies.has(id))
  const of = (part: 'queue' | 'record'): readonly Reason[] => reasons.filter((reason) => reason.startsWith(part))
  return {
    agencies: [
      ...[...agencies.values()].map((agency) => describe(known, agency)),
      ...gone.map((id) => describe(known, { id, status: 'gone', certificates: [] })),
    ],
    queue: { reasons: of('queue'), depth },
    record: { reasons: of('record'), disk: disk.state() },
    log: { origin: log.origin, size: log.size },
    alarms: alarms(),
  }
}

type Known = {
  readonly now: Date
  readonly open: ReadonlyMap<string, OpenAt>
  readonly silent: ReadonlyMap<string, Silence>
  readonly paused: ReadonlyMap<string, Pause>
  readonly calls: ReadonlyMap<string, Date>
  readonly mail: ReadonlyMap<string, MailTrouble>
}

function describe(
  { now, open, silent, paused, calls, mail }: Known,
  {
    id,
    status,
    certificates,
  }: Pick<RegisteredAgency, 'id' | 'certificates'> & { readonly status: AgencyOverview['status'] },
): AgencyOverview {
  const { waiting: [immediate, urgent, routine] = NONE, oldest, inFlight, retrying, deadLetters } = open.get(id) ?? {}
  const { unread, overdue } = silent.get(id) ?? {}
  return {
    id,
    status,
    paused: paused.has(id),
    waiting: { immediate, urgent, routine },
    oldestWaitingSeconds: oldest ? Math.max(0, Math.floor((now.getTime() - oldest.getTime()) / 1000)) : undefined,
    inFlight: inFlight ?? 0,
    retrying: retrying ?? 0,
    deadLetters: deadLetters ?? 0,
    unread: unread ?? 0,
    overdue: overdue ?? 0,
    lastSeen: calls.get(id),
    mail: mail.get(id),
    certificates: daysLeft(certificates, now),
  }
}

const NONE = [0, 0, 0] as const

const byAgency = <Row extends { readonly agency: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.agency, row]))

/** For each use the certificate that lasts longest, in whole days; below 0 it has ended. */
export function daysLeft(certificates: RegisteredAgency['certificates'], now: Date): AgencyOverview['certificates'] {
  return (['tls', 'signing'] as const).flatMap((use) => {
    const ends = certificates.filter((pin) => pin.use === use).map(({ certificate }) => certificate.notAfter.getTime())
    return ends.length === 0 ? [] : [{ use, daysLeft: Math.floor((Math.max(...ends) - now.getTime()) / DAY_MS) }]
  })
}
