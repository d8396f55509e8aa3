import type { Agency, Kind } from '../gateway/protocol/protocol.ts'
import type { Adapter } from './adapter.ts'
import { routeToHomeOffice } from './home-office.ts'
import { routeToLocalAuthority } from './local-authority.ts'
import { routeToNgo } from './ngo.ts'
import { routeToPolice } from './police.ts'

/** Kind of agency → its adapter. A new kind is a file here, a line here and a word in `agencies.schema.json` and in `protocol/agency.ts`. */
export const adapters: Readonly<Record<Kind, Adapter>> = {
  ngo: routeToNgo,
  'home-office': routeToHomeOffice,
  'local-authority': routeToLocalAuthority,
  police: routeToPolice,
}

export type { Metadata } from './adapter.ts'
export { findOpening, openTimes } from './hours.ts'
export { isStaffed } from './staffed.ts'

/** Says whether any desk asks for the child's age: only then may the age be read from a body (protocol section 7). */
export function readsAge(agency: Agency): boolean {
  return agency.desks.some((desk) => desk.handles?.ages !== undefined)
}

/** The kinds among these for which there is no adapter: a registry must not name one (`schemas/agencies.schema.json`). */
export function kindsWithout(known: Readonly<Record<string, Adapter>>, kinds: readonly string[]): readonly string[] {
  return kinds.filter((kind) => !Object.hasOwn(known, kind))
}
