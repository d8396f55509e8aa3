import { type Acknowledgement, parseAcknowledgement } from '../core/acknowledgement.ts'
import type { Agency } from '../core/agency.ts'
import { isFresh, type Jws, parseJws } from '../core/jws.ts'
import { type State, transitions } from '../core/state.ts'
import { digestText, type ReceiptContent } from '../evidence/issue.ts'
import { Problem } from '../problems.ts'
import { type Attempt, insertAttempts } from '../store/attempts.ts'
import { type Queryable, transaction } from '../store/database.ts'
import { acknowledgeMessages, type NewAcknowledgement } from '../store/deliveries.ts'
import { createGroup, PATIENT } from '../store/group.ts'
import { type Leaf, receiptOf } from '../store/leaves.ts'
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

/** Its receipt holds it, and so the log for ever: room for some members and a chain of certificates. */
const LARGEST_ACKNOWLEDGEMENT = 16 * 1024

/** @throws Problem `message-too-large` */
export function checkAcknowledgementSize(bytes: Buffer): void {
  if (bytes.length > LARGEST_ACKNOWLEDGEMENT) throw new Problem('message-too-large')
}

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
  checkAcknowledgementSize(bytes)
  const jws = parseJws(bytes, 'safeguarding-acknowledgement+jws')
  const { signer } = await verifySigner(parts, parts.registry(), jws, now)
  await checkFresh(parts, message, jws, now)
  const said = parseAcknowledgement(jws.payload, (code) => parts.catalogue.codes('refusalReason').has(code))
  if (signer.agency.id !== recipient.id) throw new Problem('signer-mismatch')
  if (said.messageId !== message.id || said.messageDigest !== digestText(message.digest))
    throw new Problem('digest-mismatch')
  return { outcome: said.outcome, jws: bytes.toString('latin1'), ...(said.reason && { reason: said.reason }) }
}

/** The same word again is answered as the first, however long ago it was signed. @throws Problem `stale-message` */
async function checkFresh(parts: Parts, message: Addressed, jws: Jws, now: Date): Promise<void> {
  if (isFresh(jws, now)) return
  // The state may have changed since the message was looked up.
  const known = await parts.lookup.message(message.sender, message.id)
  if (known?.state !== 'handed-over' && known?.state !== 'refused') throw new Problem('stale-message')
}

type Item = NewAcknowledgement & { readonly attempt: Attempt | undefined }
type Written = Awaited<ReturnType<typeof acknowledgeMessages>>[number]

const LARGEST_BATCH = 128
const WRITERS = 1

/** Opens the recording of acknowledgements: those that arrive together share a commit. */
export function openAcknowledging(parts: Parts): Acknowledging {
  const group = createGroup((items: readonly Item[]) => record(parts, items), {
    largest: LARGEST_BATCH,
    writers: WRITERS,
    small: PATIENT,
  })
  const acknowledge: Acknowledging = async (message, word, now, attempt) => {
    const { event, transition } = outcomes[word.outcome]
    // Where nothing was attempted yet, the recipient's own word is the first attempt that came through.
    const content = receiptContent(message, Math.max(1, message.attempts))
    const sign = (signed: Pick<ReceiptContent, 'event' | 'acknowledgement' | 'reason'>): Promise<Leaf> =>
      parts.issuer.receipt({ ...content, ...signed }, now)
    const [answer, ...consignment] = await Promise.all([
      sign({ event, acknowledgement: word.jws, ...(word.reason && { reason: word.reason }) }),
      ...(message.consigned_leaf === null ? [sign({ event: 'ContentConsignment' })] : []),
    ])
    const written = await group.add({ message, to: transition.to, leaves: [...consignment, answer], attempt })
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
  if (items.every(({ attempt }) => attempt === undefined)) return await write(parts.database, items)
  return await transaction(parts.database, async (tx) => {
    const result = await write(tx, items)
    // An attempt was made also where the word that it brought had come another way before.
    const attempts = items.flatMap(({ attempt }, at) => (attempt && result[at] !== 'stale' ? [attempt] : []))
    return { result, pending: attempts.length > 0 ? [insertAttempts(tx, attempts)] : [] }
  })
}

/** Of several words about one message the first is recorded; what it led to is told to the others, too. */
async function write(database: Queryable, items: readonly Item[]): Promise<readonly Written[]> {
  const byMessage = new Map(items.toReversed().map((item) => [item.message.no, item]))
  const first = [...byMessage.values()]
  const outcomes = await acknowledgeMessages(database, first)
  const results = new Map(first.map(({ message }, at) => [message.no, outcomes[at]]))
  return items.map((item): Written => {
    const result = results.get(item.message.no)
    const said = byMessage.get(item.message.no)
    if (result === undefined || said === undefined) throw new Error('a word about a message is lost')
    return result === 'written' && said !== item ? said.to : result
  })
}
