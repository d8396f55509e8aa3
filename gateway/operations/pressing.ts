import type { Registry } from '../identity/identity.ts'
import {
  type Database,
  deadByCause,
  type DeadOf,
  heldUrgent,
  type HeldByDesk,
  immediateUnread,
  oldestOverdue,
  type PressingMessage,
} from '../record/record.ts'
import { overdueSince } from './alarms.ts'

/** What somebody has to see to now, each list with the most pressing first. */
export type Pressing = {
  /** Immediate messages that lie unread over their time. */
  readonly unread: readonly (PressingMessage & { readonly consigned_at: Date })[]
  readonly overdue: readonly (PressingMessage & { readonly respond_by: Date })[]
  readonly dead: readonly DeadOf[]
  readonly held: readonly HeldByDesk[]
}

type Needs = { readonly database: Database; readonly registry: () => Registry; readonly now: () => Date }

/** A screen full: what more there is, is seen once these are done. */
const MOST = 50

export async function findPressing({ database, registry, now: clock }: Needs): Promise<Pressing> {
  const now = clock()
  const [unread, overdue, dead, held] = await Promise.all([
    immediateUnread(database, MOST),
    oldestOverdue(database, overdueSince(now), MOST),
    deadByCause(database),
    heldUrgent(database, [...registry().agencies.keys()], now),
  ])
  return { unread, overdue, dead, held }
}
