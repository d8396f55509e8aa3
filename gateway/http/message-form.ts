import { Type } from 'typebox'
import type { MessageRow } from '../record/record.ts'
import { agencyId, name, priority, state, time, uuid } from './forms.ts'
import { priorityOf } from '../protocol/protocol.ts'

/** What a sender, or an operator, sees of a message, as JSON Schema. */
export const metadata = {
  messageId: uuid('Id of the message'),
  from: agencyId('Sender'),
  to: agencyId('Recipient'),
  caseId: uuid('Case'),
  type: name('Message type'),
  priority,
  acceptedAt: time,
  state,
  desk: Type.Optional(name('The recipient’s desk')),
  attempts: Type.Integer({ description: 'Attempts to deliver so far' }),
  nextAttemptAt: Type.Optional(time),
}

/** The same by itself. */
export const messageForm = Type.Object(metadata, { title: 'MessageMetadata' })

/** What a sender, or an operator, sees of a message: metadata, and when it is tried next where it waits for that. */
export function describe(message: MessageRow, now: Date) {
  const waits = message.state === 'accepted' && message.due_at > now
  return {
    messageId: message.id,
    from: message.sender,
    to: message.recipient,
    caseId: message.case_id,
    type: message.type,
    priority: priorityOf(message.priority),
    acceptedAt: message.accepted_at.toISOString(),
    state: message.state,
    ...(message.desk !== null && { desk: message.desk }),
    attempts: message.attempts,
    ...(waits && { nextAttemptAt: message.due_at.toISOString() }),
  }
}
