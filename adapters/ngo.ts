import type { Adapter } from './adapter.ts'
import { findHandlingDesk, toAgency, toDesk } from './desks.ts'

/**
 * A charity: often a mailbox that somebody opens when a notification comes (protocol section 7). Its desks' hours do not
 * count: a message waits no better in the gateway than in the mailbox.
 */
export const routeToNgo: Adapter = (agency, message) => {
  const desk = findHandlingDesk(agency, message)
  return desk ? toDesk(desk) : toAgency(agency)
}
