/**
 * Opening hours in a desk's own time zone (IANA), also where the clocks change: a time that they skip is the moment at
 * which they skip it; where a time comes twice, a shift opens at the first and closes at the second, so that a desk
 * never counts as closed in the middle of a shift.
 */
import type { Hours, Weekday } from '../gateway/protocol/protocol.ts'

const SEARCHED_DAYS = 8 // a rota repeats each week; one more day covers a shift that a change of clocks swallows
const DAY = 24 * 60 // minutes
const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** Epoch milliseconds; at `closes` it is closed. */
export type Shift = { readonly opens: number; readonly closes: number }

/** Says whether a desk is open at a time: from the first instant of a shift to just before its end. */
export function isOpen(hours: Hours, at: Date): boolean {
  const time = at.getTime()
  const today = localDay(hours, at)
  const days = [today.subtract({ days: 1 }), today] // yesterday's shift may pass midnight
  return days.flatMap((day) => shiftsOn(hours, day)).some(({ opens, closes }) => opens <= time && time < closes)
}

/** Gives the first time from `from` on at which a desk is open; nothing where it opens on none of the 8 days after. */
export function findOpening(hours: Hours, from: Date): Date | undefined {
  if (isOpen(hours, from)) return from
  const today = localDay(hours, from)
  for (let days = 0; days <= SEARCHED_DAYS; days++) {
    const openings = shiftsOn(hours, today.add({ days })).map(({ opens }) => opens)
    const next = Math.min(...openings.filter((opens) => opens > from.getTime()))
    if (Number.isFinite(next)) return new Date(next)
  }
  return undefined
}

/**
 * Gives the times at which a desk is open from `from` on, in order, none overlapping another: for ever, so take as many as are
 * needed. A rota without a single shift has none, and does not end: ask `findOpening` before.
 */
export function* openTimes(hours: Hours, from: Date): Generator<Shift, never> {
  let reached = from.getTime()
  for (let day = localDay(hours, from).subtract({ days: 1 }); ; day = day.add({ days: 1 })) {
    for (const { opens, closes } of shiftsOn(hours, day).toSorted((one, other) => one.opens - other.opens)) {
      if (closes > reached) yield { opens: Math.max(opens, reached), closes }
      reached = Math.max(reached, closes)
    }
  }
}

/** Says whether two times are of one day where the desk is. */
export function isSameDay(hours: Hours, one: Date, other: Date): boolean {
  return localDay(hours, one).equals(localDay(hours, other))
}

function localDay(hours: Hours, at: Date): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(hours.timeZone).toPlainDate()
}

/**
 * The shifts that begin on a local day. A `to` at or before its `from` is a time of the next day: 22:00 to 06:00, or
 * 08:00 to 08:00, round the clock.
 */
function shiftsOn({ timeZone, open }: Hours, day: Temporal.PlainDate): readonly Shift[] {
  const weekday = WEEKDAYS[day.dayOfWeek - 1]
  return open
    .filter(({ days }) => days.some((name) => name === weekday))
    .map(({ from, to }) => ({
      opens: instantOf(day, minutesOf(from), timeZone, 'earlier'),
      closes: instantOf(day, minutesOf(to) + (minutesOf(to) > minutesOf(from) ? 0 : DAY), timeZone, 'later'),
    }))
    .filter(({ opens, closes }) => opens < closes) // one that lies wholly in the skipped hour never happens
}

/** Minutes since local midnight of HH:MM, 24:00 included. */
function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

/** The instant at which a wall clock that began the day at 0 shows `minutes`. */
function instantOf(day: Temporal.PlainDate, minutes: number, timeZone: string, ofTwo: 'earlier' | 'later'): number {
  const wall = day
    .add({ days: Math.floor(minutes / DAY) })
    .toPlainDateTime({ hour: Math.floor((minutes % DAY) / 60), minute: minutes % 60 })
  const zoned = wall.toZonedDateTime(timeZone, { disambiguation: ofTwo })
  if (zoned.toPlainDateTime().equals(wall)) return zoned.epochMilliseconds
  // The clocks skip it: «earlier» is then a time before they change.
  const before = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  return (before.getTimeZoneTransition('next') ?? before).epochMilliseconds
}
