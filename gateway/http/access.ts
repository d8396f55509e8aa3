import type { FastifyContextConfig, RouteOptions } from 'fastify'
import type { Kind } from './admission/kinds.ts'

/** Whom a route is for: active agencies, operators, or whoever reaches the listener. */
export type Access = 'agency' | 'operator' | 'public'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** As what it counts against the agency that calls it. */
    kind?: Kind
  }
}

/**
 * Checks each route of a listener as it is added: it has to say whom it is for, and as what an agency's call counts.
 * @throws (what it gives) an Error where one says nothing, or somebody whom this listener does not know: the start fails
 */
export function requireAccess(
  known: readonly Access[],
): (route: Pick<RouteOptions, 'method' | 'url'> & { config?: FastifyContextConfig | undefined }) => void {
  return ({ method, url, config }) => {
    const access = config?.access
    if (access === undefined || !known.includes(access))
      throw new Error(`${String(method)} ${url} must say whom it is for: ${known.join(' or ')}`)
    if (access === 'agency' && config?.kind === undefined)
      throw new Error(`${String(method)} ${url} must say as what kind of call it counts`)
  }
}

/** Whether anybody may ask this. What no route declared is nobody's but the listener's own parties'. */
export const isPublic = ({ access }: FastifyContextConfig): boolean => access === 'public'
