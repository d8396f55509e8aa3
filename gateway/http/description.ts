import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { PROTOCOL_VERSION } from '../protocol/protocol.ts'
import { nameRest } from './rest-path.ts'

/** Collects a listener's routes into an OpenAPI 3.1 description. Register it before the routes. */
export async function describeRoutes(server: FastifyInstance, title: string): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version: PROTOCOL_VERSION, license: { name: 'EUPL-1.2' } },
    },
    transform: ({ schema, url }) => nameRest({ schema: describeBytes(schema), url }),
  })
}

const BYTES = { type: 'string', format: 'binary' }

/** Bodies that no schema judges are bytes of the media types that the route takes, or gives. */
function describeBytes(schema: FastifySchema): FastifySchema {
  const { consumes, produces, body = BYTES, response = { 200: BYTES } } = schema
  const givesBytes = produces?.some((type) => type.endsWith('json')) === false
  return { ...schema, ...(consumes && { body }), ...(givesBytes && { response }) }
}

/** One description of both listeners; each path says by itself which one serves it (protocol section 11). */
export function mergeDescriptions(
  agency: FastifyInstance,
  operations: FastifyInstance,
  urls: { agency: string; operations: string },
): object {
  const one = agency.swagger()
  const other = operations.swagger()
  const served = (document: object, url: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries('paths' in document ? (document.paths as Record<string, object>) : {}).map(([path, item]) => [
        path,
        { ...item, servers: [{ url }] },
      ]),
    )
  // A path that both have is public, and the operations listener asks for no certificate there.
  return { ...one, paths: { ...served(one, urls.agency), ...served(other, urls.operations) } }
}
