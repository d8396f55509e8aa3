import { type TSchema, Type } from 'typebox'
import { type Catalogue, Problem, type SchemaFiles } from '../../protocol/protocol.ts'
import type { Access } from '../access.ts'
import { name, oneOf, role, text } from '../forms.ts'
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
      schema: {
        operationId: 'listReleases',
        tags: ['schemas'],
        summary: 'The releases of the schemas and the types of each',
        response: { 200: releases },
      },
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

  const publish = (
    url: string,
    { operationId, summary }: { operationId: string; summary: string },
    pathOf: (params: Record<string, string>) => string,
  ): void => {
    server.get(
      url,
      {
        config: { access, kind: 'look-up' },
        schema: {
          operationId,
          tags: ['schemas'],
          summary,
          params: Type.Object({
            version: Type.String({ description: 'A release' }),
            file: Type.String({ description: 'Its name, such as `referral.schema.json`' }),
          }),
          produces: ['application/schema+json', 'application/json'],
          gives: { 200: published },
        },
      },
      async (request, reply) => {
        const path = pathOf(request.params)
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
    {
      config: { access, kind: 'look-up' },
      schema: {
        operationId: 'readPathway',
        tags: ['schemas'],
        summary: 'Which type goes from whom to whom',
        gives: { 200: pathway },
      },
    },
    async () => schemaFiles.pathway,
  )
  server.get(
    '/schemas/disclosure.json',
    {
      config: { access, kind: 'look-up' },
      schema: {
        operationId: 'readDisclosure',
        tags: ['schemas'],
        summary: 'What is not told to whom',
        gives: { 200: disclosure },
      },
    },
    async () => schemaFiles.disclosure,
  )
  publish(
    '/schemas/:version/:file',
    { operationId: 'readSchema', summary: 'A schema, or examples' },
    ({ version, file }) => `${version}/${file}`,
  )
  publish(
    '/schemas/:version/codes/:file',
    { operationId: 'readCodeList', summary: 'A code list' },
    ({ version, file }) => `${version}/codes/${file}`,
  )
}

const releases = Type.Object(
  {
    releases: Type.Array(
      Type.Object(
        {
          version: Type.String(),
          status: oneOf(['current', 'deprecated']),
          sunset: Type.Optional(Type.String({ description: 'From when on it is refused' })),
          types: Type.Array(name('Message type')),
        },
        { title: 'Release' },
      ),
    ),
  },
  { title: 'Releases', description: 'The catalogue' },
)

const published = Type.Unsafe({
  type: ['object', 'array'],
  description: 'JSON Schema 2020-12, or an array of envelopes',
})

const anyOrSome = (one: TSchema) => Type.Union([Type.Array(one), oneOf(['any', 'participant'])])
const types = (description: string) => Type.Array(name('Message type'), { description })
const pathway = Type.Object(
  {
    roles: Type.Array(role),
    rows: Type.Array(
      Type.Object({
        type: name('Message type'),
        from: anyOrSome(role),
        to: anyOrSome(role),
        answers: types('What it answers'),
        answerRequired: Type.Boolean(),
        also: Type.Optional(
          Type.Array(Type.Object({ from: anyOrSome(role), to: anyOrSome(role) }), {
            description: 'Further pairs, each by itself',
          }),
        ),
        title: text,
        says: text,
      }),
    ),
  },
  { title: 'Pathway', description: 'The table of section 5' },
)

const disclosure = Type.Object(
  {
    rows: Type.Array(
      Type.Object({
        type: name('Message type'),
        to: role,
        title: text,
        members: Type.Array(Type.String({ description: 'A JSON Pointer in which `*` is each item of an array' })),
      }),
    ),
  },
  { title: 'Disclosure', description: 'Members that a body for a recipient of a role must not have' },
)
