import type { FastifyContextConfig, RouteOptions } from 'fastify'
import { ConfigurationFault } from '../base/base.ts'
import type { Kind } from './admission/kinds.ts'

/** Whom a route is for: active agencies, operators, or whoever reaches the listener. */
export type Access = 'agency' | 'operator' | 'public'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** As what it counts against the agency that calls it. */
    kind?: Kind
    /** Of an operator's call that is no reading: it changes nothing but what its own browser keeps, and who may only watch may make it. */
    harmless?: true
  }
}

/** Where the desk's files are (test/attack/desk.test.ts finds them in what was built). */
const isDesk = /^\/desk(?:\/|$)/

/**
 * Checks each route of a listener as it is added: it has to say whom it is for, as what an agency's call counts, and, in the API
 * description, what it is.
 * @throws (what it gives) ConfigurationFault where one does not, or is for somebody whom this listener does not know: the start
 * fails, and says so in words, which no other error would
 */
export function requireAccess(
  known: readonly Access[],
): (route: Pick<RouteOptions, 'method' | 'url' | 'schema'> & { config?: FastifyContextConfig | undefined }) => void {
  return ({ method, url, config, schema }) => {
    const access = config?.access
    if (access === undefined || !known.includes(access))
      throw new ConfigurationFault(`${String(method)} ${url} must say whom it is for: ${known.join(' or ')}`)
    if (access === 'agency' && config?.kind === undefined)
      throw new ConfigurationFault(`${String(method)} ${url} must say as what kind of call it counts`)
    // By its description test/attack/access.test.ts finds it; a page of the console or a file of the desk is described by what stands on it.
    const isPage = schema?.hide === true && (access === 'operator' || (access === 'agency' && isDesk.test(url)))
    if (!isPage && (schema?.summary === undefined || schema.hide === true))
      throw new ConfigurationFault(
        `${String(method)} ${url} must have a summary in the API description, and not be hidden`,
      )
  }
}

/** Whether anybody may ask this. What no route declared is nobody's but the listener's own parties'. */
export const isPublic = ({ access }: FastifyContextConfig): boolean => access === 'public'
