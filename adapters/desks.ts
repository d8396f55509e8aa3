/** Desks as all kinds of agency have them: in order of preference, each with what it handles (protocol section 7). */
import type { Agency, Desk } from '../gateway/protocol/protocol.ts'
import type { Decision, Metadata } from './adapter.ts'

/** Gives the first desk that handles the message, if any does. */
export function findHandlingDesk(agency: Agency, message: Metadata): Desk | undefined {
  return agency.desks.find((desk) => handles(desk, message))
}

/** Sends the message to a desk, at once or not before a time. */
export function toDesk(desk: Desk, notBefore?: Date): Decision {
  return { desk: desk.id, delivery: desk.delivery, ...(notBefore && { notBefore }) }
}

/** Sends the message to the agency itself, at once. */
export function toAgency(agency: Agency): Decision {
  return { delivery: agency.delivery }
}

/** Gives the first desk that handles the message and names its priority: it says itself that it is there for that. */
export function findDeskFor(agency: Agency, message: Metadata, isThere: (desk: Desk) => boolean): Desk | undefined {
  return agency.desks.find(
    (desk) => desk.handles?.priorities?.includes(message.priority) && handles(desk, message) && isThere(desk),
  )
}

/** Says whether a desk takes a message; a condition that the desk does not name does not limit it. */
function handles(desk: Desk, { type, priority, ageYears }: Metadata): boolean {
  const { types, priorities, ages } = desk.handles ?? {}
  if (types && !types.includes(type)) return false
  if (priorities && !priorities.includes(priority)) return false
  return !ages || isWithin(ages, ageYears)
}

/** Both ends count. A child whose age is not known goes to no desk for certain ages: a guess may be the wrong desk. */
function isWithin({ from = 0, to = Infinity }: { from?: number; to?: number }, ageYears: number | undefined): boolean {
  return ageYears !== undefined && ageYears >= from && ageYears <= to
}
