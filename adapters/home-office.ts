import type { Adapter } from './adapter.ts'
import { findHandlingDesk, toAgency, toDesk } from './desks.ts'

/**
 * The Home Office: desks whose hours do not count. A desk's `maxPerMinute` goes out with its `delivery`; who
 * delivers keeps to it, immediate messages first (protocol section 7).
 */
export const routeToHomeOffice: Adapter = (agency, message) => {
  const desk = findHandlingDesk(agency, message)
  return desk ? toDesk(desk) : toAgency(agency)
}
