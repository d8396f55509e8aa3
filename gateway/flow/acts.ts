import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto'
import type { Operator } from '../core/agency.ts'
import { digestText } from '../evidence/issue.ts'
import { Problem } from '../problems.ts'
import { recordAct } from '../store/acts.ts'
import { transaction } from '../store/database.ts'
import { resume } from '../store/deliveries.ts'
import type { Leaf } from '../store/leaves.ts'
import { type MessageRow, searchMessages } from '../store/messages.ts'
import type { Parts } from './parts.ts'
import { receiptContent } from './receipts.ts'

/** An operator's decision, and why: the reason stays sealed in the record, the log has its digest (protocol section 10). */
export type Decision = { readonly operator: Operator; readonly reason: string }

const SALT_BYTES = 16
/** As many dead letters as one act of bulk puts back with one transaction. */
const BULK = 200

/** Puts a dead letter back to `accepted`. @throws Problem `not-a-dead-letter` */
export async function retryDeadLetter(parts: Parts, message: MessageRow, decision: Decision): Promise<void> {
  const resumed = await resumeAll(parts, [message], decision, {
    act: 'retry',
    from: message.sender,
    messageId: message.id,
    caseId: message.case_id,
  })
  if (resumed.length === 0) throw new Problem('not-a-dead-letter')
}

/** Puts all of an agency's dead letters back; gives how many. */
export async function retryDeadLetters(parts: Parts, agency: string, decision: Decision): Promise<number> {
  let retried = 0
  let before: number | undefined
  for (;;) {
    const page = await searchMessages(parts.database, {
      state: 'dead-lettered',
      recipient: agency,
      limit: BULK,
      ...(before !== undefined && { before }),
    })
    if (page.length > 0) retried += (await resumeAll(parts, page, decision, { act: 'retry-all', agency })).length
    if (page.length < BULK) return retried
    before = page.at(-1)?.no
  }
}

/** State, receipts, act and leaves in one transaction; what was no dead letter any more is left as it is. */
async function resumeAll(
  parts: Parts,
  messages: readonly MessageRow[],
  { operator, reason }: Decision,
  about: Record<string, string>,
): Promise<readonly MessageRow[]> {
  const now = parts.now()
  const id = randomUUIDv7()
  const salt = randomBytes(SALT_BYTES)
  const reasonDigest = digestText(createHash('sha256').update(salt).update(reason).digest())
  const act = await parts.issuer.act(id, { operator: operator.id, reasonDigest, ...about }, now)
  const resumed = await transaction(parts.database, async (tx) => {
    const nos = await resume(
      tx,
      messages.map(({ no }) => no),
      now,
    )
    const result = messages.filter(({ no }) => nos.has(no))
    if (result.length === 0) return { result }
    const receipts = await Promise.all(result.map((message) => signResumption(parts, message, now)))
    const sealedReason = parts.vault.sealWords(`${salt.toString('base64url')}.${reason}`, id)
    const record = { id, at: now, act: about['act'] ?? 'retry', operator: operator.id, sealedReason, leaf: act }
    return { result, pending: [recordAct(tx, record, receipts)] }
  })
  parts.wakes.wake(new Set(resumed.map(({ sender }) => `receipts:${sender}`)))
  for (const { recipient, priority } of resumed) parts.enqueue({ recipient, priority })
  if (resumed.length > 0)
    parts.log.info({ actId: id, operator: operator.id, retried: resumed.length }, 'dead letters were put back')
  return resumed
}

async function signResumption(parts: Parts, message: MessageRow, now: Date): Promise<Leaf> {
  const receipt = await parts.issuer.receipt(
    { event: 'DeliveryResumed', ...receiptContent(message, message.attempts) },
    now,
  )
  return { ...receipt, messageNo: message.no, feed: message.sender }
}
