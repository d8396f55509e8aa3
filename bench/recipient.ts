import { type Batch, readSignatory, recipient, sender, signAcknowledgements } from './messages.ts'
import type { Loaded } from './run.ts'
import { type Answer, type Connection, getRequest, openConnection, postHead, readIdentity } from './wire.ts'

/** The recipient of what is submitted: it lists, reads each message and acknowledges it. */
export type Recipient = {
  /** Notes that a message is about to be submitted (`at`: when), or that it was refused. */
  expect(index: number, at: number): void
  expectNot(index: number): void
  /** Resolves once all that is expected has been acknowledged, with the time (ms) that each took from its submission. */
  acknowledgedAll(): Promise<readonly number[]>
  close(): void
}

/** How long the last acknowledgements may take after the last submission before the run has failed. */
const DRAIN_MS = 60_000
/** How long the recipient lets the gateway hold its question for new messages (protocol, section 7). */
const WAIT_SECONDS = 5
const PAGE = 100

type Listed = { readonly messages: readonly { readonly messageId: string; readonly cursor: string }[] }

/** Opens the recipient's connections, one that lists and so many that read and acknowledge, and lets it work. */
export async function openRecipient(loaded: Loaded, referrals: Batch, readers: number): Promise<Recipient> {
  const acknowledgements = signAll(loaded, referrals)
  const identity = readIdentity(loaded.pki, recipient)
  const opening = Array.from({ length: 1 + readers }, () => openConnection(loaded.port, identity))
  const [lister, ...others] = await Promise.all(opening)
  if (lister === undefined) throw new Error('no connection to list with')
  const indexes = new Map(referrals.ids.map((id, index) => [id, index]))
  const work = createWork()
  const expected = new Map<number, number>()
  const times: number[] = []
  const ended = new AbortController()
  let settled = Promise.withResolvers<void>()

  const read = async (connection: Connection): Promise<void> => {
    while (!ended.signal.aborted) {
      const index = await work.take()
      const { body } = expectOk(await connection.send(getRequest(`/v1/inbox/${sender}/${referrals.ids[index]}`)))
      if (!body.equals(messageOf(referrals, index))) throw new Error('a message was not delivered byte for byte')
      expectOk(await connection.send(acknowledgements.at(index)))
      times.push(performance.now() - (expected.get(index) ?? Number.NaN))
      expected.delete(index)
      if (expected.size === 0) settled.resolve()
    }
  }
  const list = async (): Promise<void> => {
    for (let cursor = ''; !ended.signal.aborted; ) {
      const path = `/v1/inbox?limit=${PAGE}&wait=${WAIT_SECONDS}&after=${encodeURIComponent(cursor)}`
      const { messages } = JSON.parse(expectOk(await lister.send(getRequest(path))).body.toString()) as Listed
      cursor = messages.at(-1)?.cursor ?? cursor
      await work.give(messages.map(({ messageId }) => indexes.get(messageId)).filter((index) => index !== undefined))
    }
  }
  for (const working of [list(), ...others.map(read)]) {
    working.catch((fault: unknown) => {
      if (!ended.signal.aborted) settled.reject(fault)
    })
  }

  return {
    expect: (index, at) => void expected.set(index, at),
    expectNot: (index) => void expected.delete(index),
    async acknowledgedAll() {
      if (expected.size === 0) return [...times]
      settled = Promise.withResolvers<void>()
      const tooLate = (): void => settled.reject(new Error(`${expected.size} messages were not acknowledged in time`))
      const patience = setTimeout(tooLate, DRAIN_MS)
      await settled.promise.finally(() => clearTimeout(patience))
      return [...times]
    },
    close() {
      ended.abort()
      for (const connection of [lister, ...others]) connection.close()
    },
  }
}

/** Acknowledgements are signed beforehand, as messages are: in earnest neither is work of the gateway's machine. */
function signAll(loaded: Loaded, referrals: Batch): Batch {
  const signatory = readSignatory(loaded.pki, recipient)
  const message = (index: number): Buffer => messageOf(referrals, index)
  return signAcknowledgements(signatory, referrals, message, new Date(), acknowledgementHead)
}

function acknowledgementHead(id: string, length: number): string {
  return postHead(`/v1/inbox/${sender}/${id}/acknowledgement`, length)
}

/** A message without the head of the request that submits it. */
function messageOf(referrals: Batch, index: number): Buffer {
  const request = referrals.at(index)
  return request.subarray(request.indexOf('\r\n\r\n') + 4)
}

function expectOk(answer: Answer): Answer {
  if (answer.status === 200) return answer
  throw new Error(`the recipient was answered ${answer.status}: ${answer.body.toString().slice(0, 300)}`)
}

type Work = { give(items: readonly number[]): Promise<void>; take(): Promise<number> }

/** Hands items to whoever asks; `give` resolves when the last of them has been taken, so that the giver keeps no backlog. */
function createWork(): Work {
  const items: number[] = []
  const takers: ((item: number) => void)[] = []
  let drained = Promise.withResolvers<void>()
  const handOut = (): void => {
    while (items[0] !== undefined && takers[0] !== undefined) {
      takers[0](items[0])
      takers.shift()
      items.shift()
    }
    if (items.length === 0) drained.resolve()
  }
  return {
    give(more) {
      drained = Promise.withResolvers<void>()
      items.push(...more)
      handOut()
      return drained.promise
    },
    take() {
      const { promise, resolve } = Promise.withResolvers<number>()
      takers.push(resolve)
      handOut()
      return promise
    },
  }
}
