import {
  type Acknowledgement,
  type Agency,
  type Catalogue,
  digestText,
  isFresh,
  type Jws,
  parseAcknowledgement,
  parseJws,
  Problem,
  stale,
  tooLarge,
  type State,
  transitions,
} from '../protocol/protocol.ts'
import { type Issuer, receiptContent } from '../log/log.ts'
import {
  acknowledgeMessages,
  type Addressed,
  type Attempt,
  type Database,
  insertAttempts,
  isOutage,
  type Leaf,
  type NewAcknowledgement,
  type Queryable,
  receiptOf,
  transaction,
  type Wakes,
} from '../record/record.ts'
import { AMPLE, createGroup, type Metrics, type Tracing, type Turns } from '../base/base.ts'
import { stepOf } from './following.ts'
import type { Keeping } from './keeping.ts'
import { observeSince } from './measure.ts'
import { findReceived } from './read.ts'
import { verifySigner } from './signer.ts'
import type { Checking } from './checking/thread.ts'
import type { Lookup } from './lookup.ts'
import type { Registry, TrustSnapshot } from '../identity/identity.ts'

type Needs = {
  readonly keep: Keeping
  readonly database: Database
  readonly issuer: Issuer
  readonly checking: Checking
  readonly catalogue: Catalogue
  readonly lookup: Lookup
  readonly byTurns: Turns
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly now: () => Date
  readonly wakes: Wakes
}

/** The answer to an acknowledgement (protocol section 7). */
export type Acknowledged = { readonly messageId: string; readonly state: State; readonly receipt: string }

/** A recipient's signed word about a message, verified. */
export type Word = {
  readonly outcome: Acknowledgement['outcome']
  readonly reason?: { readonly code: string }
  readonly jws: string
}

/** A call that brings a word: about which message, and the request id of the call itself. */
type Call = { readonly from: string; readonly id: string; readonly bytes: Buffer; readonly callId?: string | undefined }

/** What a word came with: the attempt that it answers, or the id of the call that brought it. */
type With = { readonly attempt?: Attempt; readonly callId?: string | undefined }

/** Taking the recipients' words, whichever way they come. */
export type Acknowledging = {
  /**
   * A recipient's own call (protocol section 7): verifies its word about a message that it was sent, and records it.
   * @throws Problem of section 7's list
   */
  receive(recipient: Agency, call: Call, now: Date): Promise<Acknowledged>
  /** Verifies a word alone: its form, its signer, and that it speaks of these bytes. @throws Problem of section 7's list */
  verify(recipient: Agency, message: Addressed, bytes: Buffer, now: Date): Promise<Word>
  /**
   * Records a verified word, once, with the attempt that it came in answer to, where there was one.
   * @throws Problem `already-acknowledged`, `not-found`
   */
  record(message: Addressed, word: Word, now: Date, came?: With): Promise<Acknowledged>
}

/** What may be said, the event that says so, and the state that follows. */
const outcomes = {
  accepted: { event: 'ContentHandover', transition: transitions.handOver },
  refused: { event: 'ConsignmentRejection', transition: transitions.refuse },
} as const

/** Its receipt holds it, and so the log for ever: room for some members and a chain of certificates. */
const LARGEST_ACKNOWLEDGEMENT = 16 * 1024

/** @throws Problem `message-too-large` */
function checkSize(bytes: Buffer): void {
  if (bytes.length > LARGEST_ACKNOWLEDGEMENT) throw tooLarge(LARGEST_ACKNOWLEDGEMENT)
}

/**
 * Verifies an acknowledgement: its form, that the recipient signed it with a good certificate, and that it speaks of these bytes.
 * @throws Problem of section 4 or `digest-mismatch`
 */
async function verify(needs: Needs, recipient: Agency, message: Addressed, bytes: Buffer, now: Date): Promise<Word> {
  checkSize(bytes)
  const jws = parseJws(bytes, 'safeguarding-acknowledgement+jws')
  const { signer, grounds } = await verifySigner(needs, recipient.id, needs.registry(), jws, now)
  await checkFresh(needs, message, jws, now)
  const said = parseAcknowledgement(jws.payload, needs.catalogue.codes('refusalReason'))
  if (signer.agency.id !== recipient.id) throw new Problem('signer-mismatch')
  if (said.messageId !== message.id || said.messageDigest !== digestText(message.digest))
    throw new Problem('digest-mismatch')
  await needs.keep([grounds])
  return { outcome: said.outcome, jws: bytes.toString('latin1'), ...(said.reason && { reason: said.reason }) }
}

/** The same word again is answered as the first, however long ago it was signed. @throws Problem `stale-message` */
async function checkFresh(needs: Needs, message: Addressed, jws: Jws, now: Date): Promise<void> {
  if (isFresh(jws, now)) return
  // The state may have changed since the message was looked up.
  const known = await needs.lookup.message(message.sender, message.id, message.recipient)
  if (known?.state !== 'handed-over' && known?.state !== 'refused') throw stale(jws, now)
}

type Item = NewAcknowledgement & { readonly attempt: Attempt | undefined }
type Written = Awaited<ReturnType<typeof acknowledgeMessages>>[number]

const LARGEST_BATCH = 128
/** Each round finds that the delivery went on meanwhile: attempts do not come that fast. */
const MOST_ROUNDS = 8
const WRITERS = 1

/** Opens the recording of acknowledgements: those that arrive together share a commit. */
export function openAcknowledging(needs: Needs): Acknowledging {
  const group = createGroup((items: readonly Item[]) => writeTogether(needs.database, items), {
    largest: LARGEST_BATCH,
    atOnce: WRITERS,
    gather: AMPLE,
    isOutage,
    whose: ({ message }) => message.recipient,
  })

  async function record(
    message: Addressed,
    word: Word,
    now: Date,
    { attempt, callId }: With = {},
  ): Promise<Acknowledged> {
    const { to } = outcomes[word.outcome].transition
    let known: Addressed | undefined = message
    for (let round = 0; known !== undefined && round < MOST_ROUNDS; round++) {
      const { answer, leaves } = await sign(needs.issuer, known, word, now)
      const written = await group.add({ message: known, to, leaves, attempt })
      if (written === 'written') {
        needs.metrics.acknowledged.inc({ outcome: word.outcome })
        const said = { outcome: word.outcome, receiptId: answer.id, callId }
        needs.tracing.step({ step: 'acknowledge', began: now, ended: needs.now(), ...stepOf(known, said) })
        if (known.consigned_leaf === null) observeSince(needs.metrics.consigningSeconds, known, now)
        if (word.outcome === 'accepted') observeSince(needs.metrics.handingOverSeconds, known, now)
        needs.wakes.wake([`receipts:${message.sender}`])
        return { messageId: message.id, state: to, receipt: answer.jws }
      }
      if (written !== 'stale') return await repeat(needs, message, written, to)
      // An attempt was made, or a desk chosen, since it was looked up: the receipts must say so.
      known = await needs.lookup.message(message.sender, message.id, message.recipient)
    }
    throw known === undefined ? new Problem('not-found') : new Error('a delivery does not hold still')
  }

  return {
    async receive(recipient, { from, id, bytes, callId }, now) {
      checkSize(bytes)
      const message = await findReceived(needs, recipient.id, from, id)
      return await record(message, await verify(needs, recipient, message, bytes, now), now, { callId })
    },
    verify: (recipient, message, bytes, now) => verify(needs, recipient, message, bytes, now),
    record,
  }
}

/** The receipt of a word; before it that of the consignment, where there was none yet. */
async function sign(
  issuer: Issuer,
  message: Addressed,
  word: Word,
  now: Date,
): Promise<{ readonly answer: Leaf; readonly leaves: readonly Leaf[] }> {
  // Where nothing was attempted yet, the recipient's own word is the first attempt that came through.
  const content = receiptContent(message, Math.max(1, message.attempts))
  const said = { acknowledgement: word.jws, ...(word.reason && { reason: word.reason }) }
  const answer = await issuer.receipt({ ...content, event: outcomes[word.outcome].event, ...said }, now)
  if (message.consigned_leaf !== null) return { answer, leaves: [answer] }
  return { answer, leaves: [await issuer.receipt({ ...content, event: 'ContentConsignment' }, now), answer] }
}

/** The same outcome again has the first receipt; another one is refused. */
async function repeat(needs: Needs, message: Addressed, found: State, wanted: State): Promise<Acknowledged> {
  if (found === 'discarded') throw new Problem('not-found')
  if (found !== wanted) throw new Problem('already-acknowledged')
  const receipt = await needs.byTurns(message.recipient, () =>
    receiptOf(needs.database, message.no, ['ContentHandover', 'ConsignmentRejection']),
  )
  if (receipt === undefined) throw new Error('an acknowledged message has no receipt')
  return { messageId: message.id, state: found, receipt }
}

async function writeTogether(database: Database, items: readonly Item[]): Promise<readonly Written[]> {
  if (items.every(({ attempt }) => attempt === undefined)) return await write(database, items)
  return await transaction(database, async (tx) => {
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
