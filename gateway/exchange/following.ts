import type { Step } from '../base/base.ts'
import { priorityOf } from '../protocol/protocol.ts'
import type { Addressed } from '../record/record.ts'

type Followed = Pick<Addressed, 'id' | 'sender' | 'recipient' | 'priority' | 'request_id'>

/** Of a step of an accepted message: the request id that all its steps bear, which message it is, and what else is said. */
export function stepOf(
  { id: messageId, sender: from, recipient: to, priority, request_id: requestId }: Followed,
  said: Step['about'],
): Pick<Step, 'requestId' | 'about'> {
  return { requestId, about: { messageId, from, to, priority: priorityOf(priority), ...said } }
}
