import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { ProblemCode } from '../../protocol/protocol.ts'
import type { Access } from '../access.ts'
import { nameRest } from '../rest-path.ts'
import type { HeaderName } from './headers.ts'

declare module 'fastify' {
  /** What the API description says of a route, besides what its schemas say. */
  interface FastifySchema {
    /** The form of a body that no schema judges. */
    takes?: object
    /** The forms of answers that go out as they are, by status. */
    gives?: Readonly<Record<number, object>>
    /** By which codes it is refused, besides those by which every route of its kind is. */
    refuses?: readonly ProblemCode[]
    /** Which headers its answers have, besides those that all have, by status. */
    sends?: Readonly<Record<number, readonly HeaderName[]>>
  }
}

/** What is said of a route to whoever completes its description. */
export type Described = { readonly access: Access; readonly schema: FastifySchema }

/** For whom a listener is. */
export type Audience = 'agencies' | 'operators'

/**
 * Collects a listener's routes into an OpenAPI 3.1 description; register it before them.
 * @returns gives it, as JSON. It is made when it is first asked for, and what it takes is loaded then
 */
export async function describeRoutes(server: FastifyInstance, audience: Audience): Promise<() => Promise<string>> {
  const routes = new Map<string, Described>()
  await server.register(swagger, {
    openapi: { openapi: '3.1.0' },
    convertConstToEnum: false,
    transform({ schema, url, route }) {
      const { operationId } = schema
      const { access } = route.config ?? {}
      if (operationId !== undefined && access !== undefined) routes.set(operationId, { access, schema })
      const { takes, body = takes, gives, response = gives } = schema
      const formed = { ...schema, ...(body !== undefined && { body }), ...(response !== undefined && { response }) }
      return nameRest({ schema: formed, url })
    },
  })
  let made: Promise<string> | undefined
  return () => {
    made ??= import('./complete.ts').then(({ complete }) =>
      JSON.stringify(complete(server.swagger(), routes, audience)),
    )
    return made
  }
}
