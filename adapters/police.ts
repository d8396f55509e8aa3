import type { Adapter } from './adapter.ts'
import { routeToLocalAuthority } from './local-authority.ts'

/**
 * A police force (the NCA, a brigade de protection des mineurs): its desks' hours count as a local authority's do, and a
 * desk's `maxPerMinute` goes out with its `delivery`, as for every kind.
 */
export const routeToPolice: Adapter = routeToLocalAuthority
