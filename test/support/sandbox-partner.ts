import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { envelopeOf } from '../../sandbox/compose.ts'
import { referralOf } from '../../sandbox/referrer.ts'
import {
  type Client,
  type Envelope,
  type Identity,
  newId,
  openClient,
  readIdentity,
  type ReceiptEvent,
  signEnvelope,
  verifyMessage,
  verifyReceipt,
} from '../../sdk/index.ts'
import { until } from './gateway.ts'

/** Longer than any case of the sandbox takes, also on a machine that others load. */
const LONG_MS = 60_000
const POLL_MS = 50

/** Somebody who sits in a seat of the sandbox, with the SDK. */
export type Partner = AsyncDisposable & {
  readonly id: string
  readonly client: Client
  readonly identity: Identity
  /** What has come to its inbox, verified and signed for. */
  readonly got: readonly Envelope[]
  /** What ended its reading, if anything has. */
  readonly faults: readonly unknown[]
  /** Refers a child of this name. */
  refer(name: string): Promise<Envelope>
  /** What has come in a case, once a message of such a type has. */
  receive(caseId: string, last: string): Promise<readonly Envelope[]>
  /** The events of a message's receipts, once there is one of such an event; each receipt is verified. */
  eventsOf(id: string, last: ReceiptEvent): Promise<readonly ReceiptEvent[]>
}

/** @param folder the sandbox's */
export async function sitDown(folder: string, url: string, id: string): Promise<Partner> {
  const identity = await readIdentity(join(folder, 'pki/agencies', id))
  const ca = await readFile(join(folder, 'pki/trust/ca.crt'), 'utf8')
  const client = openClient({ url, ca, ...identity, patience: { firstDelayMs: 50, longestDelayMs: 200 } })
  const over = new AbortController()
  const got: Envelope[] = []
  const faults: unknown[] = []
  const follow = async (): Promise<void> => {
    for await (const entry of client.followInbox({ signal: over.signal })) {
      const received = await client.read(entry)
      const expected = { from: entry.from, to: id, id: entry.messageId }
      got.push(await verifyMessage(received.bytes, await client.directory(), expected))
      await client.acknowledge(received, 'accepted')
    }
  }
  const following = follow().catch((fault: unknown) => {
    if (!over.signal.aborted) faults.push(fault)
  })
  return {
    id,
    client,
    identity,
    got,
    faults,
    async refer(name) {
      const now = new Date()
      const followed = { id: newId(), from: id, caseId: newId(), priority: 'urgent' } as const
      const envelope = envelopeOf(referralOf(name, now), id, followed, now)
      await client.submit(await signEnvelope(envelope, identity.signer, now))
      return envelope
    },
    async receive(caseId, last) {
      const ofCase = () => got.filter((each) => each.caseId === caseId)
      await until(() => ofCase().some(({ type }) => type === last), LONG_MS)
      return ofCase()
    },
    async eventsOf(messageId, last) {
      const [wellKnown, directory] = await Promise.all([client.wellKnown(), client.directory()])
      for (const deadline = performance.now() + LONG_MS; ; await sleep(POLL_MS)) {
        const { receipts } = await client.status(messageId)
        const verified = await Promise.all(receipts.map((each) => verifyReceipt(each, wellKnown, directory)))
        const events = verified.map(({ event }) => event)
        if (events.includes(last)) return events
        if (performance.now() > deadline) throw new Error(`no ${last}: ${events.join(', ')}`)
      }
    },
    async [Symbol.asyncDispose]() {
      over.abort()
      await following
      await client.close()
    },
  }
}
