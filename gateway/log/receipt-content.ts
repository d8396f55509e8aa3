import type { Addressed } from '../record/record.ts'
import type { ReceiptContent } from './issue.ts'

/** What every receipt about an accepted message says of it. */
export function receiptContent(
  message: Addressed,
  attempt: number,
  desk: string | null | undefined = message.desk,
): Omit<ReceiptContent, 'event'> {
  return {
    messageId: message.id,
    caseId: message.case_id,
    type: message.type,
    from: message.sender,
    to: message.recipient,
    digest: message.digest,
    attempt,
    ...(desk && { desk }),
  }
}
