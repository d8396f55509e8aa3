import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { Fetched } from '../../attachments/attachments.ts'
import { ATTACHMENT_TYPES, digestText, parseDigest, Problem, THUMBPRINT } from '../../protocol/protocol.ts'
import { acceptStreams, lengthOf, streamOf } from '../body.ts'
import { callerOf } from '../caller.ts'
import { agencyId, bytes, digest as digestForm, oneOf, uuid } from '../forms.ts'
import { hasAlready, type Range, readRange } from '../range.ts'
import type { Server } from '../server.ts'
import type { Serving } from '../serving.ts'
import { endInTime } from '../transfer.ts'

/** Putting attachments, and getting those of a message (protocol section 9). Both go by as fast as the slower side. */
export function attachmentRoutes(server: Server, { attachments, log, giveTime, stopping }: Serving): void {
  const digest = Type.String({ pattern: THUMBPRINT.source, description: 'SHA-256 of its bytes, base64url' })

  // In a scope of its own: no other route takes bodies of these types.
  void server.register(async (scope: Server) => {
    acceptStreams(scope)
    scope.put(
      '/v1/attachments/:digest',
      {
        config: { access: 'agency', kind: 'upload' },
        schema: {
          operationId: 'putAttachment',
          tags: ['attachments'],
          summary: 'Put an attachment, before a message names it',
          params: Type.Object({ digest }),
          consumes: [...ATTACHMENT_TYPES],
          takes: bytes('At most 25 MiB; its content is of the type that is declared'),
          response: { 200: put('The agency had put it before'), 201: put('Kept') },
          refuses: ['attachment-quota', 'attachment-digest-mismatch', 'attachment-infected'],
        },
      },
      async (request, reply) => {
        giveTime(request.raw, reply.raw)
        endInTime(reply, stopping)
        const bytes = parseDigest(request.params.digest)
        const { mediaType, size, isNew } = await attachments.put({
          owner: callerOf(request).agency.id,
          digest: bytes,
          declared: request.headers['content-type'],
          length: lengthOf(request),
          bytes: streamOf(request),
        })
        reply.code(isNew ? 201 : 200)
        return { digest: digestText(bytes), mediaType, size }
      },
    )
  })

  server.get(
    '/v1/inbox/:from/:id/attachments/:digest',
    {
      config: { access: 'agency', kind: 'download' },
      schema: {
        operationId: 'fetchAttachment',
        tags: ['attachments'],
        summary: 'An attachment of a message, whole or a range of it',
        params: Type.Object({ from: agencyId('Sender'), id: uuid('Id of the message'), digest }),
        produces: [...ATTACHMENT_TYPES],
        gives: {
          200: bytes('The whole, byte for byte as it was put'),
          206: bytes('The range that was asked for'),
          304: Type.Null({ description: 'The caller has it already, by `If-None-Match`' }),
        },
        sends: { 200: HEAD, 206: [...HEAD, 'Content-Range'], 304: HEAD },
        refuses: ['erased', 'range-not-satisfiable'],
      },
    },
    async (request, reply) => {
      const { from, id, digest: asked } = request.params
      const recipient = callerOf(request).agency.id
      const found = await attachments.fetch({ recipient, from, id, digest: parseDigest(asked) })
      const tag = `"${asked}"`
      const headers = { 'accept-ranges': 'bytes', etag: tag, 'content-disposition': 'attachment' }
      if (hasAlready(request.headers['if-none-match'], tag)) return reply.code(304).headers(headers).send()
      if (request.method === 'HEAD')
        // As a stream: of any other body the framework would tell the length.
        return reply.type(found.mediaType).headers(headers).header('content-length', found.size).send(Readable.from([]))
      const range = readRange(request.headers, found.size, tag)
      if (range === 'unsatisfiable') {
        reply.header('content-range', `bytes */${found.size}`)
        throw new Problem('range-not-satisfiable')
      }
      const { first, last } = range ?? { first: 0, last: found.size - 1 }
      endInTime(reply, stopping)
      const body = await openBody(found, { first, last })
      reply.type(found.mediaType).headers(headers)
      if (range !== undefined) reply.code(206).header('content-range', `bytes ${first}-${last}/${found.size}`)
      body.once('error', (error) => log.error({ err: error, requestId: request.id }, 'an attachment was cut short'))
      return reply.header('content-length', last - first + 1).send(body)
    },
  )
}

const HEAD = ['Accept-Ranges', 'ETag', 'Content-Disposition'] as const

/** As a message names it. */
const put = (description: string) =>
  Type.Object(
    { digest: digestForm, mediaType: oneOf(ATTACHMENT_TYPES), size: Type.Integer({ minimum: 1 }) },
    { title: 'PutAttachment', 'x-response-description': description },
  )

/** The bytes of a range as a stream, of which the first are there already: what cannot be read at all can still be refused. */
async function openBody(found: Fetched, { first, last }: Range): Promise<Readable> {
  const pieces = found.read(first, last)
  const start = await pieces.next()
  async function* all(): AsyncGenerator<Buffer> {
    if (start.done !== true) yield start.value
    yield* pieces
  }
  const body = Readable.from(all(), { objectMode: false })
  // Also where nobody has begun to read.
  body.once('close', () => void pieces.return().catch(() => undefined))
  return body
}
