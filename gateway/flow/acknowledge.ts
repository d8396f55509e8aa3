import { type Acknowledgement, parseAcknowledgement } from '../core/acknowledgement.ts'
import type { Agency } from '../core/agency.ts'
import { checkFreshness, parseJws } from '../core/jws.ts'
import { type State, transitions } from '../core/state.ts'
import { digestText } from '../evidence/issue.ts'
import { Problem } from '../problems.ts'
import { type Attempt, insertAttempts } from '../store/attempts.ts'
import { type Queryable, transaction } from '../store/database.ts'
import { acknowledge as writeAcknowledgements, lockDeliveries } from '../store/deliveries.ts'
import { createGroup, SMALL } from '../store/group.ts'
import { appendLeaves, type Leaf, receiptOf } from '../store/leaves.ts'
import type { Addressed } from '../store/messages.ts'
import type { Parts } from './parts.ts'
import { receiptContent } from './receipts.ts'
import { verifySigner } from './signer.ts'

/** The answer to an acknowledgement (protocol section 7). */
export type Acknowledged = { readonly messageId: string; readonly state: State; readonly receipt: string }

/** A recipient's signed word about a message, verified. */
export type Word = {
  readonly outcome: Acknowledgement['outcome']
  readonly reason?: { readonly code: string }
  readonly jws: string
}

/**
 * Records the recipient's word about a message, once, with the attempt that it came in answer to, where there was one.
 * @throws Problem `already-acknowledged`, `not-found`
 */
export type Acknowledging = (message: Addressed, word: Word, now: Date, attempt?: Attempt) => Promise<Acknowledged>

/** What may be said, the event that says so, and the state that follows. */
const outcomes = {
  accepted: { event: 'ContentHandover', transition: transitions.handOver },
  refused: { event: 'ConsignmentRejection', transition: transitions.refuse },
} as const

/**
 * Verifies an acknowledgement: its form, that the recipient signed it with a good certificate, and that it speaks of these bytes.
 * @throws Problem of section 4 or `digest-mismatch`
 */
export async function verifyAcknowledgement(
  parts: Parts,
  recipient: Agency,
  message: Addressed,
  bytes: Buffer,
  now: Date,
): Promise<Word> {
  const jws = parseJws(bytes, 'safeguarding-acknowledgement+jws')
  const { signer } = await verifySigner(parts, parts.registry(), jws, now)
  // The same word again is answered as the first, however long ago it was signed.
  if (message.state !== 'handed-over' && message.state !== 'refused') checkFreshness(jws, now)
  const said = parseAcknowledgement(jws.payload, (code) => parts.catalogue.codes('refusalReason').has(code))
  if (signer.agency.id !== recipient.id) throw new Problem('signer-mismatch')
  if (said.messageId !== message.id || said.messageDigest !== digestText(message.digest))
    throw new Problem('digest-mismatch')
  return { outcome: said.outcome, jws: bytes.toString('latin1'), ...(said.reason && { reason: said.reason }) }
}

type Item = {
  readonly message: Addressed
  readonly word: Word
  readonly answer: Leaf
  readonly attempt: Attempt | undefined
  /** Where nothing has been consigned yet, as far as is known. */
  readonly consignment: Leaf | undefined
}
/** `stale`: since the message was looked up, a worker has made an attempt or chosen a desk, and the receipts must say so. */
type Written = 'written' | 'stale' | State

const LARGEST_BATCH = 128
const WRITERS = 1

/** Opens the recording of acknowledgements: those that arrive together share a commit. */
export function openAcknowledging(parts: Parts): Acknowledging {
  const group = createGroup((items: readonly Item[]) => record(parts, items), {
    largest: LARGEST_BATCH,
    writers: WRITERS,
    small: SMALL,
  })
  const acknowledge: Acknowledging = async (message, word, now, attempt) => {
    const { event, transition } = outcomes[word.outcome]
    // Where nothing was attempted yet, the recipient's own word is the first attempt that came through.
    const content = receiptContent(message, Math.max(1, message.attempts))
    const [answer, consignment] = await Promise.all([
      parts.issuer.receipt(
        { event, ...content, acknowledgement: word.jws, ...(word.reason && { reason: word.reason }) },
        now,
      ),
      message.consigned_leaf === null
        ? parts.issuer.receipt({ event: 'ContentConsignment', ...content }, now)
        : undefined,
    ])
    const about = { messageNo: message.no, feed: message.sender }
    const written = await group.add({
      message,
      word,
      answer: { ...answer, ...about },
      attempt,
      consignment: consignment && { ...consignment, ...about },
    })
    if (written === 'stale') {
      const fresh = await parts.lookup.message(message.sender, message.id)
      if (fresh === undefined) throw new Problem('not-found')
      return await acknowledge(fresh, word, now, attempt)
    }
    if (written !== 'written') return await repeat(parts, message, written, transition.to)
    parts.metrics.acknowledged.inc({ outcome: word.outcome })
    parts.wakes.wake([`receipts:${message.sender}`])
    return { messageId: message.id, state: transition.to, receipt: answer.jws }
  }
  return acknowledge
}

/** The same outcome again has the first receipt; another one is refused. */
async function repeat(parts: Parts, message: Addressed, found: State, wanted: State): Promise<Acknowledged> {
  if (found === 'discarded') throw new Problem('not-found')
  if (found !== wanted) throw new Problem('already-acknowledged')
  const receipt = await receiptOf(parts.database, message.no, ['ContentHandover', 'ConsignmentRejection'])
  if (receipt === undefined) throw new Error('an acknowledged message has no receipt')
  return { messageId: message.id, state: found, receipt }
}

async function record(parts: Parts, items: readonly Item[]): Promise<readonly Written[]> {
  return await transaction(parts.database, async (tx) => {
    const standing = await lockDeliveries(
      tx,
      items.map(({ message }) => message.no),
    )
    const answered = new Map<number, State>()
    const leaves: Leaf[] = []
    const writes: Parameters<typeof writeAcknowledgements>[2][number][] = []
    const result = items.map(({ message, word, consignment, answer }): Written => {
      const row = standing.get(message.no)
      const state = answered.get(message.no) ?? row?.state
      if (row === undefined || state === undefined) throw new Error('a message has no delivery')
      const { from, to }: { from: readonly State[]; to: State } = outcomes[word.outcome].transition
      if (!from.includes(state)) return state
      if (row.attempts !== message.attempts || row.desk !== message.desk) return 'stale'
      const consignedAt = row.consignedLeaf === null && consignment ? leaves.push(consignment) - 1 : undefined
      const answerAt = leaves.push(answer) - 1
      const attempt = Math.max(1, row.attempts)
      writes.push({
        messageNo: message.no,
        state: to,
        answerAt,
        attempt,
        ...(consignedAt !== undefined && { consignedAt }),
      })
      answered.set(message.no, to)
      return 'written'
    })
    // An attempt was made also where the word that it brought had come another way before.
    const attempts = items.flatMap(({ attempt }, at) => (attempt && result[at] !== 'stale' ? [attempt] : []))
    const told = attempts.length > 0 ? [insertAttempts(tx, attempts)] : []
    return { result, pending: writes.length > 0 ? [...told, ...writeAll(tx, leaves, writes)] : told }
  })
}

function writeAll(
  tx: Queryable,
  leaves: readonly Leaf[],
  writes: Parameters<typeof writeAcknowledgements>[2],
): readonly Promise<unknown>[] {
  return [appendLeaves(tx, leaves), writeAcknowledgements(tx, leaves.length, writes)]
}
