import type { Envelope, JsonObject } from '../sdk/index.ts'
import { type AgencyId, agencyIds } from './agencies.ts'
import { contacts, handling, protectionOf } from './parts.ts'
import type { MessageStep, Refs } from './scenario.ts'
import { release } from './titles.ts'

const HOUR = 3_600_000

/** The body of a step: its content, what it refers to, and what every message but a closure says of its sender, its grounds and its limits. */
export function bodyOf(step: MessageStep, refs: Refs): JsonObject {
  const content = { ...step.body, ...step.refer?.(refs) }
  if (step.type === 'case-closure') return content
  return { contact: contacts[step.from], dataProtection: protectionOf(step.from, step.to), handling, ...content }
}

/** The whole envelope of a step, under an id that its sender has chosen. */
export function envelopeOf(step: MessageStep, id: string, refs: Refs, now: Date): Envelope {
  return {
    id,
    type: step.type,
    schemaVersion: release,
    from: step.from,
    to: step.to,
    caseId: refs.case(step.case ?? 'child'),
    priority: step.priority,
    ...(step.inReplyTo !== undefined && { inReplyTo: refs.id(step.inReplyTo) }),
    ...(step.respondWithin !== undefined && {
      respondBy: new Date(now.getTime() + step.respondWithin * HOUR).toISOString(),
    }),
    ...(step.papers !== undefined && { attachments: step.papers.map(({ attachment }) => attachment) }),
    body: bodyOf(step, refs),
  }
}

export function isAgency(id: string): id is AgencyId {
  return agencyIds.some((each) => each === id)
}
