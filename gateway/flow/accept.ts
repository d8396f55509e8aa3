import { sealBytes } from '../core/sealing.ts'
import { transaction } from '../store/database.ts'
import { createGroup } from '../store/group.ts'
import { appendLeaves, type Leaf } from '../store/leaves.ts'
import { insertMessages, type NewMessage, priorities } from '../store/messages.ts'
import type { Parts } from './parts.ts'
import type { Valid } from './submit.ts'
import { messagePlace } from './vault.ts'

/** Records a valid message; undefined where its sender has used the id before, for these bytes or for others. */
export type Accepting = (valid: Valid, now: Date) => Promise<{ messageId: string; receipt: string } | undefined>

type Item = { readonly valid: Valid; readonly acceptedAt: Date; readonly receipt: Leaf }

/** As many as a burst of the largest messages may hold in memory while they are written. */
const LARGEST_BATCH = 128
/** One batch gathers while the other commits: two at once would only be smaller, and each costs as much as ten messages. */
const WRITERS = 1

/**
 * Opens the way into the record. Messages that arrive together are written by one transaction: sealed bytes, receipt, leaf and
 * delivery, all or nothing; only after its commit is anybody answered (protocol section 4, 202).
 */
export function openAccepting(parts: Parts): Accepting {
  const group = createGroup((items: readonly Item[]) => record(parts, items), {
    largest: LARGEST_BATCH,
    writers: WRITERS,
  })
  return async (valid, now) => {
    const { envelope, jws, crl } = valid
    const receipt = await parts.issuer.receipt(
      {
        event: 'SubmissionAcceptance',
        messageId: envelope.id,
        caseId: envelope.caseId,
        type: envelope.type,
        from: envelope.from,
        to: envelope.to,
        digest: jws.digest,
        attempt: 0,
        crl,
      },
      now,
    )
    const recorded = await group.add({ valid, acceptedAt: now, receipt: { ...receipt, feed: envelope.from } })
    if (!recorded) return undefined
    parts.metrics.accepted.inc({ priority: envelope.priority })
    parts.wakes.wake([`receipts:${envelope.from}`])
    parts.enqueue({ recipient: envelope.to, priority: priorities.indexOf(envelope.priority) })
    return { messageId: envelope.id, receipt: receipt.jws }
  }
}

async function record(parts: Parts, items: readonly Item[]): Promise<readonly boolean[]> {
  const first = new Map<string, Item>()
  for (const item of items) {
    const { from, id } = item.valid.envelope
    if (!first.has(`${from}/${id}`)) first.set(`${from}/${id}`, item)
  }
  const distinct = [...first.values()]
  const recorded = await transaction(parts.database, async (tx) => {
    const keys = await parts.vault.keysFor(
      tx,
      distinct.map(({ valid }) => valid.envelope.caseId),
    )
    const numbers = await insertMessages(
      tx,
      distinct.map((item) => seal(item, keys)),
    )
    const receipts = distinct.flatMap(({ receipt }, at) => {
      const messageNo = numbers[at]
      return messageNo === undefined ? [] : [{ ...receipt, messageNo }]
    })
    return {
      result: new Set(distinct.filter((_, at) => numbers[at] !== undefined)),
      pending: receipts.length > 0 ? [appendLeaves(tx, receipts)] : [],
    }
  })
  return items.map((item) => recorded.has(item))
}

function seal({ valid, acceptedAt }: Item, keys: ReadonlyMap<string, Buffer>): NewMessage {
  const { envelope, jws } = valid
  const key = keys.get(envelope.caseId)
  if (key === undefined) throw new Error('a case has no key')
  const sealed = sealBytes(key, jws.bytes, messagePlace(envelope.from, envelope.id))
  return { envelope, digest: jws.digest, size: jws.bytes.length, acceptedAt, sealed }
}
