import { Type } from 'typebox'
import type { Access } from '../access.ts'
import type { Server } from '../server.ts'

/** How an API description is described. */
const description = Type.Object(
  { openapi: Type.String({ pattern: String.raw`^3\.1\.\d+$` }) },
  { additionalProperties: true, description: 'OpenAPI 3.1' },
)

/** A description of a listener, for whoever may ask this one. @param describe gives it, as JSON */
export function descriptionRoute(
  server: Server,
  {
    path,
    access,
    describe,
    ...said
  }: {
    readonly path: string
    readonly access: Access
    readonly operationId: string
    readonly summary: string
    readonly describe: () => Promise<string>
  },
): void {
  server.get(
    path,
    {
      config: { access, kind: 'look-up' },
      schema: { ...said, tags: ['descriptions'], gives: { 200: description } },
    },
    async (_request, reply) => reply.type('application/json').send(await describe()),
  )
}
