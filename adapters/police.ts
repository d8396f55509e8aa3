import type { Adapter } from './adapter.ts'
import { routeByHours } from './staffed.ts'

/**
 * A police force or unit: desks with hours, and rates as the Home Office has them. A desk's `maxPerMinute` goes out with its
 * `delivery`; who delivers keeps to it, immediate messages first (protocol section 7).
 */
export const routeToPolice: Adapter = routeByHours
