import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { OperationsEvent } from '../../operations/operations.ts'
import { Problem } from '../../protocol/protocol.ts'
import { operatorOf } from '../caller.ts'
import { OPERATORS } from '../cursor.ts'
import { cursor } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'

/** A proxy, or a browser, gives up a line on which nothing comes for a minute. */
const BEAT_MS = 15_000
/** Who has so much unread reads no more: the line is ended, and the browser begins again where it was. */
const MOST_UNREAD = 256 * 1024
/** When a browser that was ended comes back, in ms. */
const RETRY_MS = 5_000
const RETRY_S = 60

/**
 * What has happened, as server-sent events (HTML, section 9.2): ids and codes alone. The stream ends with the operator's certificate,
 * as the connection does, and when the process stops.
 */
export function eventRoutes(server: Server, { operations, cursorsOf, untilGone }: Operating): void {
  const cursors = cursorsOf(OPERATORS)
  server.get(
    '/api/events',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'followEvents',
        tags: ['overview'],
        summary: 'What happens, as it happens',
        produces: ['text/event-stream'],
        headers: Type.Object({ 'last-event-id': Type.Optional(cursor('Goes on behind this event')) }),
        gives: { 200: Type.String({ description: 'Server-sent events (HTML, section 9.2): ids and codes alone' }) },
        refuses: ['rate-limited'],
      },
    },
    async (request, reply) => {
      const missed = request.headers['last-event-id']
      const after = cursors.parse('events', typeof missed === 'string' ? missed : undefined)?.leaf
      const gone = untilGone(reply)
      const stream = new Readable({ read: () => undefined })
      const say = (text: string): void => {
        if (stream.readableLength > MOST_UNREAD) stream.destroy()
        else stream.push(text)
      }
      const tell = (event: OperationsEvent): void => {
        const { kind, ...said } = event
        const id = 'index' in event ? `id: ${cursors.format('events', { priority: 0, leaf: event.index })}\n` : ''
        say(`${id}event: ${kind}\ndata: ${JSON.stringify({ ...said, index: undefined })}\n\n`)
      }
      const stop = await operations.events.listen(operatorOf(request).id, tell, after)
      if (stop === undefined) throw new Problem('rate-limited', undefined, { retryAfter: RETRY_S })
      const beat = setInterval(() => say(':\n\n'), BEAT_MS)
      const end = (): void => {
        clearInterval(beat)
        stop()
        stream.push(null)
      }
      stream.once('close', end)
      if (gone.aborted) end()
      else gone.addEventListener('abort', end, { once: true })
      say(`retry: ${RETRY_MS}\n\n`)
      return reply.type('text/event-stream').send(stream)
    },
  )
}
