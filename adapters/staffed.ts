import type { Desk } from '../gateway/protocol/protocol.ts'
import type { Adapter } from './adapter.ts'
import { findDeskFor, findHandlingDesk, toAgency, toDesk } from './desks.ts'
import { findOpening, isOpen, isSameDay } from './hours.ts'

/**
 * Agencies whose desks' hours count (protocol section 7). Where the desk that handles the message is closed, a child in danger
 * goes to whoever is there now, the first open desk (the emergency duty team), whatever that handles otherwise. What is urgent
 * was promised for the same day: where its desk opens no more today, it goes to an open desk that says itself that it takes
 * what is urgent. Anything else waits for its desk. A desk that does not open on any of the days searched keeps nothing
 * waiting: the agency itself gets it.
 */
export const routeByHours: Adapter = (agency, message, now) => {
  const desk = findHandlingDesk(agency, message)
  if (!desk) return toAgency(agency)
  if (isStaffed(desk, now)) return toDesk(desk)
  if (message.priority === 'immediate') {
    const onDuty = agency.desks.find((other) => isStaffed(other, now))
    return onDuty ? toDesk(onDuty) : toAgency(agency)
  }
  const opening = desk.hours && findOpening(desk.hours, now)
  const isToday = desk.hours && opening && isSameDay(desk.hours, now, opening)
  if (message.priority === 'urgent' && !isToday) {
    const onDuty = findDeskFor(agency, message, (other) => isStaffed(other, now))
    if (onDuty) return toDesk(onDuty)
  }
  return opening ? toDesk(desk, opening) : toAgency(agency)
}

/** A desk that names no hours is always open. */
export function isStaffed(desk: Desk, now: Date): boolean {
  return !desk.hours || isOpen(desk.hours, now)
}
