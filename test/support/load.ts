import { newId } from '../../sdk/sign.ts'
import { type Priority, signEnvelope } from '../../sdk/index.ts'
import { makeEnvelope, type TestAgency } from './agency.ts'

/** A small load of signed messages, and the books: what was sent, and what of it was answered as accepted. */
export type Load = {
  /** Every message that was ever submitted, by id: the very bytes. */
  readonly sent: ReadonlyMap<string, string>
  /** The receipt of each that was answered 202 (or 200 to a repetition), by id. */
  readonly accepted: ReadonlyMap<string, string>
  /** Resolves when so many have been accepted; rejects where the load fails before. */
  reached(accepted: number): Promise<void>
  /** Resolves when all have been accepted. */
  readonly done: Promise<void>
}

export type LoadOptions = {
  readonly senders: readonly TestAgency[]
  readonly to: string
  readonly type: string
  /** How many, or until `stop` aborts. */
  readonly count?: number
  readonly stop?: AbortSignal
  /** Under way at once from each sender. */
  readonly inFlight?: number
  readonly priorities?: readonly Priority[]
}

const PRIORITIES: readonly Priority[] = ['immediate', 'urgent', 'routine']

/** Starts it. What the gateway does not answer is submitted again by the SDK, with the same bytes, as a partner would. */
export function startLoad({
  senders,
  to,
  type,
  count = Infinity,
  stop,
  inFlight = 8,
  priorities = PRIORITIES,
}: LoadOptions): Load {
  const sent = new Map<string, string>()
  const accepted = new Map<string, string>()
  const waiting = new Set<{ at: number; resolve: () => void }>()
  let begun = 0
  const goesOn = (): boolean => begun < count && stop?.aborted !== true

  async function sendOn({ id: from, client, signer }: TestAgency): Promise<void> {
    while (goesOn()) {
      const priority = priorities[begun % priorities.length] ?? 'routine'
      begun += 1
      const id = newId()
      const message = await signEnvelope(makeEnvelope(type, from, to, { id, priority }), signer, new Date())
      sent.set(id, message)
      accepted.set(id, (await client.submit(message)).receipt)
      for (const one of waiting) if (accepted.size >= one.at) one.resolve()
    }
  }

  const done = Promise.all(senders.flatMap((sender) => Array.from({ length: inFlight }, () => sendOn(sender)))).then(
    () => undefined,
  )
  return {
    sent,
    accepted,
    done,
    reached: (at) =>
      Promise.race([
        done,
        new Promise<void>((resolve) => (accepted.size >= at ? resolve() : void waiting.add({ at, resolve }))),
      ]),
  }
}

/** What a receipt says; whether it verifies is another test's business. */
export type Said = {
  readonly receiptId: string
  readonly event: string
  readonly messageId: string
  readonly attempt: number
  readonly desk?: string
  readonly reason?: { readonly code: string }
}

/** Reads a receipt's payload. */
export function readReceipt(jws: string): Said {
  return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Said
}

/** All that lies in an agency's inbox, page by page. */
export async function listInbox({ client }: TestAgency) {
  const listed: Awaited<ReturnType<typeof client.inbox>>['messages'][number][] = []
  for (let page: string | undefined; ; ) {
    const found = await client.inbox({ limit: 100, ...(page !== undefined && { page }) })
    listed.push(...found.messages)
    if (found.next === undefined) return listed
    page = found.next
  }
}

/** The cursor of what came last into an agency's inbox. */
export async function lastArrival({ client }: TestAgency): Promise<string> {
  for (let after = ''; ; ) {
    const { messages } = await client.inbox({ after, limit: 100 })
    const last = messages.at(-1)
    if (last === undefined) return after
    after = last.cursor
  }
}

/** An agency's whole feed of receipts, in order, with the events of each message. */
export async function readFeed({ client }: TestAgency) {
  const cursors: string[] = []
  const events = new Map<string, string[]>()
  for (let after = ''; ; ) {
    const { receipts, next } = await client.receipts({ after })
    for (const { cursor, receipt } of receipts) {
      const { messageId, event } = readReceipt(receipt)
      cursors.push(cursor)
      events.set(messageId, [...(events.get(messageId) ?? []), event])
    }
    if (receipts.length === 0) return { cursors, events }
    after = next
  }
}
