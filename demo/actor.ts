import {
  type Client,
  type Directory,
  type Envelope,
  type InboxEntry,
  type Receipt,
  type Received,
  verifyMessage,
  verifyReceipt,
  type WellKnown,
} from '../sdk/index.ts'
import type { AgencyId } from './agencies.ts'
import { type Board, eachBounded, makeBoard } from './board.ts'

/** How many messages an agency deals with at once. */
const AT_ONCE = 8
/** Nothing that the demo waits for may take longer. */
const PATIENCE_MS = 45_000

export type Arrival = {
  readonly envelope: Envelope
  readonly received: Received
  readonly desk: string | undefined
  readonly receipt: Receipt
}

/** An agency at work: it reads what arrives, verifies who wrote it, signs for it, and follows the receipts of what it has sent. */
export type Actor = {
  readonly id: AgencyId
  readonly client: Client
  readonly arrivals: Board<Arrival>
  /** By `<messageId> <event>`. */
  readonly evidence: Board<Receipt>
  /** All that it has received, in order. */
  readonly received: Arrival[]
  /** The receipts of its feed by message. */
  readonly feed: Map<string, Receipt[]>
  /** What it sent, by message, so that receipts can be held against the very bytes. */
  readonly sent: Map<string, string>
  /** Messages that it will refuse, and why. */
  readonly refusals: Map<string, string>
  /** Ends reading; gives a call that takes it up again where it stopped. */
  pause(): Promise<() => void>
}

/** What an agency at work is told of the world that it is in. */
export type Surroundings = {
  readonly wellKnown: WellKnown
  readonly directory: Directory
  readonly tally: { messages: number; receipts: number }
  /** Ends all that is under way, with its reason. */
  readonly signal: AbortSignal
  fail(reason: unknown): void
}

/** Takes an agency's client; gives it at work. What fails in the background ends the whole demo (`world.fail`). */
export function startActor(id: AgencyId, client: Client, world: Surroundings): Actor {
  const arrivals = makeBoard<Arrival>(PATIENCE_MS, world.signal)
  const evidence = makeBoard<Receipt>(PATIENCE_MS, world.signal)
  const received: Arrival[] = []
  const feed = new Map<string, Receipt[]>()
  const sent = new Map<string, string>()
  const refusals = new Map<string, string>()
  const known = new Set<string>()
  let after = ''

  const take = async (entry: InboxEntry) => {
    const key = `${entry.from} ${entry.messageId}`
    if (known.has(key)) return
    known.add(key)
    const message = await client.read(entry, { signal: world.signal })
    const envelope = await verifyMessage(message.bytes, world.directory, {
      from: entry.from,
      to: id,
      id: entry.messageId,
    })
    const reason = refusals.get(entry.messageId)
    const answer = await client.acknowledge(message, reason === undefined ? 'accepted' : 'refused', {
      ...(reason !== undefined && { reason }),
      signal: world.signal,
    })
    const event = reason === undefined ? 'ContentHandover' : 'ConsignmentRejection'
    const receipt = await verifyReceipt(answer.receipt, world.wellKnown, world.directory, {
      event,
      message: message.bytes,
      messageId: envelope.id,
    })
    const arrival = { envelope, received: message, desk: entry.desk, receipt }
    received.push(arrival)
    arrivals.post(key, arrival)
  }

  const readInbox = async (signal: AbortSignal) => {
    await eachBounded(client.followInbox({ after, signal }), AT_ONCE, async (entry) => {
      after = entry.cursor
      await take(entry)
    })
  }

  const followFeed = async () => {
    const seen = new Set<string>()
    for await (const { receipt: compact } of client.followReceipts({ signal: world.signal })) {
      const receipt = await verifyReceipt(compact, world.wellKnown, world.directory)
      const message = receipt.messageId === undefined ? undefined : sent.get(receipt.messageId)
      if (message !== undefined && receipt.event !== 'SubmissionRejection')
        await verifyReceipt(compact, world.wellKnown, world.directory, { message })
      if (seen.has(receipt.receiptId)) throw new Error(`the feed of ${id} repeats receipt ${receipt.receiptId}`)
      seen.add(receipt.receiptId)
      world.tally.receipts += 1
      const messageId = receipt.messageId ?? ''
      feed.set(messageId, [...(feed.get(messageId) ?? []), receipt])
      evidence.post(`${messageId} ${receipt.event}`, receipt)
    }
  }

  let reading: { stop: AbortController; done: Promise<void> }
  const start = () => {
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, world.signal])
    const done = readInbox(signal).catch((fault: unknown) => {
      if (!signal.aborted) world.fail(fault)
    })
    reading = { stop, done }
  }
  start()
  followFeed().catch((fault: unknown) => world.fail(fault))

  const pause = async () => {
    reading.stop.abort()
    await reading.done
    return start
  }
  return { id, client, arrivals, evidence, received, feed, sent, refusals, pause }
}
