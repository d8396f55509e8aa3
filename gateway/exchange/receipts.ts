import { type Database, feedOf, type Wakes } from '../record/record.ts'
import type { Turns } from '../base/base.ts'
import { waitFor } from './waiting.ts'

type Needs = {
  readonly database: Database
  readonly wakes: Wakes
  readonly byTurns: Turns
}

export const PAGE_OF_RECEIPTS = 100

/**
 * The feed of receipts of what an agency sent, and of overdue answers that it owes, in the order of commits (protocol section 6).
 * Where there is nothing yet it waits for the first one.
 * @param after the index of the last leaf that the caller has seen, -1 for the start; @param waitMs 0 asks and goes
 */
export async function followReceipts(
  needs: Needs,
  agency: string,
  after: number,
  waitMs: number,
  signal: AbortSignal,
): Promise<readonly { index: number; jws: string }[]> {
  return await waitFor(needs, `receipts:${agency}`, waitMs, signal, () =>
    needs.byTurns(agency, () => feedOf(needs.database, agency, after, PAGE_OF_RECEIPTS)),
  )
}
