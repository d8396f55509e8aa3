import type { Adapter } from './adapter.ts'
import { routeByHours } from './staffed.ts'

/** A local authority or a département: a front door by day, an emergency duty team at night. */
export const routeToLocalAuthority: Adapter = routeByHours
