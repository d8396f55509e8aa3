import type { ReceiptContent } from '../log/issue.ts'
import { feedOf } from '../record/leaves.ts'
import type { Addressed } from '../record/messages.ts'
import type { Parts } from './parts.ts'
import { waitFor } from './waiting.ts'

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

export const PAGE_OF_RECEIPTS = 100

/**
 * The feed of receipts of what an agency sent, in the order of commits (protocol section 6). Where there is nothing yet it
 * waits for the first one.
 * @param after the index of the last leaf that the caller has seen, -1 for the start; @param waitMs 0 asks and goes
 */
export async function followReceipts(
  parts: Parts,
  agency: string,
  after: number,
  waitMs: number,
  signal: AbortSignal,
): Promise<readonly { index: number; jws: string }[]> {
  return await waitFor(parts, `receipts:${agency}`, waitMs, signal, () =>
    feedOf(parts.database, agency, after, PAGE_OF_RECEIPTS),
  )
}
