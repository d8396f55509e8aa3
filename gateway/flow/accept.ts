import { createGroup } from '../store/group.ts'
import type { Leaf } from '../store/leaves.ts'
import { acceptMessages, type NewMessage, priorities } from '../store/messages.ts'
import type { Parts } from './parts.ts'
import type { Valid } from './submit.ts'
import type { Vault } from './vault.ts'

/** Records a valid message; undefined where its sender has used the id before, for these bytes or for others. */
export type Accepting = (valid: Valid, now: Date) => Promise<{ messageId: string; receipt: string } | undefined>

type Item = { readonly valid: Valid; readonly acceptedAt: Date; readonly receipt: Leaf }

/** As many as a burst of the largest messages may hold in memory while they are written. */
const LARGEST_BATCH = 128
/** One batch gathers while the other commits: two at once would only be smaller, and each costs as much as ten messages. */
const WRITERS = 1
/** Another process may have opened the case, and its key may be erased in between; more often than that, something is wrong. */
const MOST_ROUNDS = 4

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
    const recorded = await group.add({ valid, acceptedAt: now, receipt })
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
  const made = new Set<Item>()
  let left: readonly Item[] = [...first.values()]
  for (let round = 0; left.length > 0; round++) {
    if (round === MOST_ROUNDS) throw new Error('the key of a case does not settle')
    const outcomes = await acceptMessages(
      parts.database,
      left.map((item) => seal(parts.vault, item)),
    )
    left = left.filter((item, at) => {
      const recorded = outcomes[at]
      const { caseId } = item.valid.envelope
      if (recorded?.outcome === 'made') made.add(item)
      if (recorded?.outcome === 'other-key') parts.vault.settle(caseId, recorded.standing)
      else parts.vault.confirm(caseId)
      return recorded?.outcome === 'other-key'
    })
  }
  return items.map((item) => made.has(item))
}

function seal(vault: Vault, { valid, acceptedAt, receipt }: Item): NewMessage {
  const { envelope, jws } = valid
  const key = vault.keyOf(envelope.caseId)
  const sealed = vault.seal(key, envelope.from, envelope.id, jws.bytes)
  return { envelope, digest: jws.digest, size: jws.bytes.length, acceptedAt, sealed, key, receipt }
}
