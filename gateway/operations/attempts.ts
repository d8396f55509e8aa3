import { type AttemptRow, attemptsOf, type Database, type MessageRow, receiptsOf } from '../record/record.ts'
import { payloadOf } from './evidence.ts'

/**
 * Every attempt to deliver a message, in order, and its receipts. Attempts at endpoints have rows of their own; a mailbox
 * takes what it is given at the first attempt, and its receipt tells all there is to tell.
 */
export async function attemptsAt(
  database: Database,
  message: MessageRow,
): Promise<{ attempts: readonly AttemptRow[]; receipts: readonly string[] }> {
  const [pushed, receipts] = await Promise.all([attemptsOf(database, message.no), receiptsOf(database, message.no)])
  const numbers = new Set(pushed.map(({ attempt }) => attempt))
  const consigned = receipts
    .map(payloadOf)
    .filter(({ event, attempt }) => event === 'ContentConsignment' && !numbers.has(Number(attempt)))
    .map((receipt) => ({
      attempt: Number(receipt['attempt']),
      at: new Date(typeof receipt['at'] === 'string' ? receipt['at'] : Number.NaN),
      desk: typeof receipt['desk'] === 'string' ? receipt['desk'] : null,
      endpoint: 'mailbox',
      outcome: 'consigned',
      status: null,
      detail: 'mailbox',
      duration_ms: 0,
    }))
  return { attempts: [...pushed, ...consigned].toSorted((a, b) => a.attempt - b.attempt), receipts }
}
