import { findOpening, openTimes } from '../../adapters/index.ts'
import type { Config } from '../base/base.ts'
import { type Hours, type Lane, priorityOf } from '../protocol/protocol.ts'
import type { Held } from '../record/record.ts'

type Limits = Pick<Config, 'unreadAfterMs'>

/** When a message that is consigned now is first looked at: no sooner can it have lain unread for too long. */
export function lookAt({ unreadAfterMs }: Limits, { priority }: Pick<Lane, 'priority'>, now: Date) {
  return { at: now, unreadAt: new Date(now.getTime() + unreadAfterMs[priorityOf(priority)]) }
}

/** What counts of the time for which a message has lain unread. */
export type Lying = {
  readonly priority: number
  readonly consignedAt: Date
  /** Of its desk, as they are now; without them it is always open. */
  readonly hours: Hours | undefined
  /** When deliveries to its recipient were held, in order. */
  readonly held: readonly Pick<Held, 'since' | 'until'>[]
}

const HOUR_MS = 3_600_000
/** A desk that opens for an hour a week must not keep a message secret for years. */
const LONGEST_MS = 366 * 24 * HOUR_MS
/** Hours may change meanwhile, or an agency be held or let go on: what was reckoned counts for so long. */
const LOOK_MS = HOUR_MS
/** What is held is not looked at again in the same moment, however little of its time is left. */
const SOON_MS = 1_000

/**
 * Judges a message that is still not acknowledged (protocol section 6): `expired` where it has lain unread for too long, else when to
 * look again. The time in which its desk is closed or its agency held does not count, unless a child is in danger now; a desk that
 * never opens counts as open, as for deliveries.
 */
export function judge({ unreadAfterMs }: Limits, message: Lying, now: Date): 'expired' | Date {
  const afterMs = unreadAfterMs[priorityOf(message.priority)]
  const immediate = message.priority === 0
  const { due, left } = reckon(immediate ? { ...message, hours: undefined, held: [] } : message, afterMs)
  if (due === undefined) return new Date(now.getTime() + Math.min(LOOK_MS, Math.max(left, afterMs / 10, SOON_MS)))
  return due <= now.getTime() ? 'expired' : new Date(Math.min(due, now.getTime() + LOOK_MS))
}

/** When as much time will have counted; where it is held for as long as nobody knows, how much of it is left then. */
function reckon({ consignedAt, hours, held }: Lying, afterMs: number): { due: number | undefined; left: number } {
  const from = consignedAt.getTime()
  const isHeld = held.find(({ until }) => until === null)
  const stops = isHeld?.since.getTime() ?? Infinity
  const open =
    hours && findOpening(hours, consignedAt) ? openTimes(hours, consignedAt) : [{ opens: from, closes: Infinity }]
  let left = afterMs
  for (const { opens, closes } of open) {
    if (opens > from + LONGEST_MS || opens >= stops) break
    for (const free of without(held, opens, closes)) {
      if (free.from + left <= free.to) return { due: Math.min(free.from + left, from + LONGEST_MS), left: 0 }
      left -= free.to - free.from
    }
  }
  return { due: isHeld ? undefined : from + LONGEST_MS, left }
}

/** A stretch of time without those in which deliveries were held. */
function without(held: Lying['held'], from: number, to: number): readonly { from: number; to: number }[] {
  const free: { from: number; to: number }[] = []
  let at = from
  for (const { since, until } of held) {
    if (since.getTime() > at) free.push({ from: at, to: Math.min(since.getTime(), to) })
    at = Math.max(at, until?.getTime() ?? Infinity)
    if (at >= to) return free
  }
  return [...free, { from: at, to }]
}
