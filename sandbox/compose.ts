import { createHash } from 'node:crypto'
import { handling, protectionOf } from '../demo/parts.ts'
import { isAgency } from '../demo/compose.ts'
import { release } from '../demo/titles.ts'
import type { Envelope, JsonObject } from '../sdk/index.ts'
import { contactOf } from './answering.ts'
import type { Reply } from './reply.ts'
import { kent } from './parties.ts'

const HOUR_MS = 3_600_000

/** What a reply follows from. */
export type Followed = Pick<Envelope, 'id' | 'from' | 'caseId' | 'priority'>

/** The whole envelope of a reply. Its id follows from what it answers: said again, after a crash or twice at once, it is the same message, and the gateway takes it once. */
export function envelopeOf(reply: Reply, me: string, followed: Followed, now: Date): Envelope {
  const to = reply.to ?? followed.from
  const answered = reply.answers === true ? followed.id : reply.answers
  return {
    id: idOf(me, followed.from, followed.id, reply.as),
    type: reply.type,
    schemaVersion: release,
    from: me,
    to,
    caseId: followed.caseId,
    priority: reply.priority ?? followed.priority,
    ...(answered !== undefined && { inReplyTo: answered }),
    ...(reply.respondWithin !== undefined && {
      respondBy: new Date(now.getTime() + reply.respondWithin * HOUR_MS).toISOString(),
    }),
    body: bodyOf(reply, me, to),
  }
}

/** What every message but a closure says of its sender, its grounds and its limits, and what this one says. */
function bodyOf({ type, body }: Reply, me: string, to: string): JsonObject {
  if (type === 'case-closure') return body
  return { contact: contactOf(me), dataProtection: protectionOf(isAgency(me) ? me : kent, to), handling, ...body }
}

/** A UUID of the sandbox's own form (RFC 9562, version 8) that nothing but these words give. */
function idOf(...words: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(words)).digest('hex')
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 3) | 8).toString(16)
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}
