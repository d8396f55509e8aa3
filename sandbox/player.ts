import {
  type Client,
  type Directory,
  type Envelope,
  type Identity,
  type InboxEntry,
  PasserelleProblem,
  type Received,
  verifyMessage,
  verifyReceipt,
  type WellKnown,
} from '../sdk/index.ts'
import { eachBounded } from '../demo/board.ts'
import { refusalOf } from './answering.ts'
import type { Behaviour } from './parties.ts'

/** How many messages an agency deals with at once. */
const AT_ONCE = 4

/** What a player is given of the sandbox that it plays in. */
export type Surroundings = {
  readonly wellKnown: () => Promise<WellKnown>
  readonly directory: () => Promise<Directory>
  /** Keeps that a message is to be dealt with, before it is acknowledged. */
  readonly keep: (agency: string, message: Pick<Received, 'from' | 'id'>, what: 'answer' | 'refused') => Promise<void>
  /** How far its feed has come, and that it has come further. */
  readonly cursor: (agency: string) => string
  readonly advance: (agency: string, cursor: string) => Promise<void>
  readonly behaviourOf: (agency: string) => Behaviour
  /** Told of what it could not do. */
  readonly onFault: (agency: string, fault: unknown) => void
}

/** An agency that is played by itself, as a partner would be by its system: by the SDK, over its own inbox and feed. */
export type Player = { stop(): Promise<void> }

/** @param readsInbox not where the gateway pushes to an endpoint of its */
export function startPlayer(
  id: string,
  { client }: { readonly client: Client; readonly identity: Identity },
  readsInbox: boolean,
  around: Surroundings,
): Player {
  const stopping = new AbortController()
  const { signal } = stopping
  const known = new Set<string>()
  const onFault = (fault: unknown): void => around.onFault(id, fault)

  const take = async (entry: InboxEntry): Promise<void> => {
    const key = `${entry.from} ${entry.messageId}`
    if (known.has(key)) return
    const message = await client.read(entry, { signal })
    await verify(id, message, around)
    const reason = refusalOf(around.behaviourOf(id), id, entry.type)
    if (reason === undefined) {
      await around.keep(id, message, 'answer')
      await client.acknowledge(message, 'accepted', { signal })
    } else await client.acknowledge(message, 'refused', { reason, signal })
    known.add(key)
  }
  const readInbox = () =>
    eachBounded(client.followInbox({ signal, onFault }), AT_ONCE, (entry) =>
      take(entry).catch((fault: unknown) => {
        if (!signal.aborted) onFault(fault)
      }),
    )
  const followFeed = async (): Promise<void> => {
    const [wellKnown, directory] = await Promise.all([around.wellKnown(), around.directory()])
    const feed = client.followReceipts({ signal, onFault, after: around.cursor(id) })
    for await (const { cursor, receipt } of feed) {
      const { event, messageId, from } = await verifyReceipt(receipt, wellKnown, directory)
      if (event === 'ConsignmentRejection' && messageId !== undefined && from === id)
        await around.keep(id, { from, id: messageId }, 'refused')
      await around.advance(id, cursor)
    }
  }

  const work = [followFeed, ...(readsInbox ? [readInbox] : [])].map((one) => persist(one, signal, onFault))
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(work)
    },
  }
}

/** Reads who wrote a message and what; a message that its sender did not sign is nobody's. @throws SdkFault */
export async function verify(
  me: string,
  message: Received,
  around: Pick<Surroundings, 'directory'>,
): Promise<Envelope> {
  return verifyMessage(message.bytes, await around.directory(), { from: message.from, to: me, id: message.id })
}

const AGAIN_MS = 2_000

/** Does something that goes on for ever, and begins again where it ends with a fault, until it is stopped. */
async function persist(
  work: () => Promise<void>,
  signal: AbortSignal,
  onFault: (fault: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work()
    } catch (fault) {
      if (signal.aborted) return
      onFault(fault)
      await pause(AGAIN_MS, signal)
    }
  }
}

/** Waits so long, or until the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
  clearTimeout(timer)
}

/** What a fault is, in words that say nothing of a message. */
export function wordOf(fault: unknown): string {
  if (fault instanceof PasserelleProblem) return fault.code
  if (fault instanceof Error) return 'code' in fault && typeof fault.code === 'string' ? fault.code : fault.name
  return 'unknown'
}
