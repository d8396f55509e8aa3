import { type TObject, Type } from 'typebox'
import { type Catalogue, Problem, type SchemaFiles } from '../../protocol/protocol.ts'
import type { Access } from '../access.ts'
import type { Server } from '../server.ts'

/** A release never changes: who has it may keep it (protocol section 8). */
const FOR_EVER = 'public, max-age=31536000, immutable'

/** The catalogue, and every file of every release exactly as it was published. */
export function schemaRoutes(
  server: Server,
  { catalogue, schemaFiles }: { catalogue: Catalogue; schemaFiles: SchemaFiles },
  access: Access,
): void {
  server.get(
    '/schemas',
    {
      config: { access, kind: 'look-up' },
      schema: { summary: 'The releases of the schemas and the types of each', response: { 200: releases } },
    },
    async () => ({
      releases: catalogue.releases.map(({ version, status, sunset, types }) => ({
        version,
        status,
        ...(sunset !== undefined && { sunset }),
        types: [...types],
      })),
    }),
  )

  const publish = (url: string, params: TObject, pathOf: (params: Record<string, string>) => string): void => {
    server.get(
      url,
      {
        config: { access, kind: 'look-up' },
        schema: {
          summary: 'A schema, a code list or examples',
          params,
          produces: ['application/schema+json', 'application/json'],
        },
      },
      async (request, reply) => {
        const path = pathOf(request.params as Record<string, string>)
        const bytes = schemaFiles.published.get(path)
        if (bytes === undefined) throw new Problem('not-found')
        const type = path.endsWith('.schema.json') ? 'application/schema+json' : 'application/json'
        return reply.header('cache-control', FOR_EVER).type(type).send(bytes)
      },
    )
  }
  // Of all releases at once, so they may change with the gateway.
  server.get(
    '/schemas/pathway.json',
    { config: { access, kind: 'look-up' }, schema: { summary: 'Which type goes from whom to whom' } },
    async () => schemaFiles.pathway,
  )
  server.get(
    '/schemas/disclosure.json',
    { config: { access, kind: 'look-up' }, schema: { summary: 'What is not told to whom' } },
    async () => schemaFiles.disclosure,
  )
  const params = { version: Type.String(), file: Type.String() }
  publish('/schemas/:version/:file', Type.Object(params), ({ version, file }) => `${version}/${file}`)
  publish('/schemas/:version/codes/:file', Type.Object(params), ({ version, file }) => `${version}/codes/${file}`)
}

const releases = Type.Object({
  releases: Type.Array(
    Type.Object({
      version: Type.String(),
      status: Type.Union([Type.Literal('current'), Type.Literal('deprecated')]),
      sunset: Type.Optional(Type.String()),
      types: Type.Array(Type.String()),
    }),
  ),
})
