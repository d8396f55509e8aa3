import { rename, writeFile } from 'node:fs/promises'
import { type Client, verifyMessage, verifyReceipt } from '../../sdk/index.ts'
import type { TestAgency } from './agency.ts'
import { type TestGateway, until } from './gateway.ts'
import { type Load, readReceipt } from './load.ts'
import { askOperations } from './operations.ts'
import type { RunningProcess } from './process.ts'

type Directory = Awaited<ReturnType<Client['directory']>>
type InboxEntry = Awaited<ReturnType<Client['inbox']>>['messages'][number]
type Process = Pick<TestGateway, 'operationsUrl' | 'pki'>

/** The value of a figure of a process, over all its labels, or with these. */
export async function figure(process: Process, name: string, labels = ''): Promise<number> {
  const { text } = await askOperations(process, '/metrics')
  const lines = text.split('\n').filter((line) => line.startsWith(name) && line.includes(labels))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** How many requests these processes have answered with a problem: what the SDK repeats would be among them. */
export async function refusedBy(processes: readonly Process[]): Promise<number> {
  const counts = await Promise.all(processes.map((process) => figure(process, 'passerelle_problems_total{')))
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Reads, verifies and acknowledges what comes into a mailbox, as a recipient does, until it is told to stop. */
export function startRecipient({ id, client }: TestAgency) {
  const stop = new AbortController()
  const handled = new Map<string, string>()
  let directory: Directory | undefined
  async function handle(entry: InboxEntry): Promise<void> {
    const received = await client.read(entry)
    const expected = { from: entry.from, to: id, id: entry.messageId }
    directory ??= await client.directory()
    await verifyMessage(received.bytes, directory, expected).catch(async () => {
      // A signer may be newer than what was read of the directory.
      directory = await client.directory()
      await verifyMessage(received.bytes, directory, expected)
    })
    await client.acknowledge(received, 'accepted')
    handled.set(entry.messageId, Buffer.from(received.bytes).toString())
  }
  async function run(): Promise<void> {
    for (let after = ''; ; ) {
      const { messages } = await client.inbox({ after, limit: 20, wait: 30, signal: stop.signal })
      await Promise.all(messages.map(handle))
      after = messages.at(-1)?.cursor ?? after
    }
  }
  const ended = run().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
  ended.catch(() => undefined) // awaited by `stop`
  return {
    /** The bytes of each message that was acknowledged, by id. */
    handled: handled as ReadonlyMap<string, string>,
    async stop(): Promise<void> {
      stop.abort()
      await ended
    },
  }
}

/** The receipts of everything that a sender sent, each verified by what the gateway publishes now; gives the events of each message. */
export async function verifyFeed({ client }: TestAgency, after = '') {
  const [wellKnown, directory] = [await client.wellKnown(), await client.directory()]
  const events = new Map<string, string[]>()
  const signers = new Set<string>()
  for (let at = after; ; ) {
    const { receipts, next } = await client.receipts({ after: at })
    if (receipts.length === 0) return { events, signers, next, wellKnown }
    for (const { receipt } of receipts) {
      const { messageId, event } = await verifyReceipt(receipt, wellKnown, directory)
      events.set(messageId ?? '', [...(events.get(messageId ?? '') ?? []), event])
      const header = JSON.parse(Buffer.from(receipt.split('.')[0] ?? '', 'base64url').toString()) as Record<
        string,
        string
      >
      signers.add(header['x5t#S256'] ?? '')
    }
    at = next
  }
}

/** What of some loads is not as it should be: each message accepted once, byte for byte handed over, and its receipts all there. */
export async function missing(
  loads: readonly Load[],
  handled: ReadonlyMap<string, string>,
  senders: readonly TestAgency[],
): Promise<readonly string[]> {
  const events = new Map<string, string[]>()
  for (const sender of senders) for (const [id, all] of (await verifyFeed(sender)).events) events.set(id, all)
  const isWhole = (id: string, bytes: string, { accepted }: Load): boolean =>
    handled.get(id) === bytes &&
    events.get(id)?.join() === 'SubmissionAcceptance,ContentConsignment,ContentHandover' &&
    readReceipt(accepted.get(id) ?? '').messageId === id
  return loads.flatMap((load) => [...load.sent].flatMap(([id, bytes]) => (isWhole(id, bytes, load) ? [] : [id])))
}

type Told = { readonly process: Pick<RunningProcess, 'signal' | 'stderr'> }

const said = ({ process }: Told, what: string): number => process.stderr().split(what).length - 1

/** Sends SIGHUP and waits until the process has said what came of it. */
export async function hangUp(told: Told, what: string): Promise<void> {
  const before = said(told, what)
  told.process.signal('SIGHUP')
  await until(() => said(told, what) > before)
}

/** Lines of the log that speak of a fault, but for a refusal that the test has asked for. */
export function errorsOf({ process }: Told, expected: string): readonly string[] {
  const lines = process.stderr().split('\n')
  return lines.filter((line) => line.includes('"level":50') && !line.includes(expected))
}

/** Puts a file in its place whole, as an operator moves it there, for its owner alone. */
export async function putFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
