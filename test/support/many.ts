import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Batch, readReferral, readSignatory, sender as EXAMPLE, signReferrals } from '../../bench/messages.ts'
import { until } from './gateway.ts'
import { type Answer, type Connection, openConnection, postHead, readIdentity } from '../../bench/wire.ts'

/** Thousands of signed messages, submitted by clients that are as cheap as can be and never give up. */
export type Many = {
  /** The receipt of each that was answered, by its id. */
  readonly accepted: ReadonlyMap<string, string>
  /** How many were answered 200: recorded before, by a submission that got no answer. */
  replayed(): number
  /** Resolves when so many have been answered; rejects where the load fails before. */
  reached(accepted: number): Promise<void>
  /** Resolves when all have been answered. */
  readonly done: Promise<void>
}

type Options = {
  readonly pki: string
  readonly senders: readonly string[]
  readonly count: number
  /** Connections of each sender. */
  readonly connections: number
  /** Where gateways listen, whether they run just now or not. */
  readonly ports: readonly number[]
  /** How many may have been begun by now. */
  readonly allowed: () => number
}

const SCHEMAS = new URL('../../schemas', import.meta.url).pathname
/** So long until somebody who was refused, or found nobody, tries again. */
const AGAIN_MS = 50
const TICK_MS = 10

/** Signs them all, and begins to submit. */
export function submitMany({ pki, senders, count, connections, ports, allowed }: Options): Many {
  const accepted = new Map<string, string>()
  let [begun, replayed] = [0, 0]
  const batches = senders.map((from) => sign(pki, from, Math.ceil(count / senders.length)))

  async function work(from: string, batch: Batch, taken: { next: number }): Promise<void> {
    const client = openStubborn(pki, from, ports)
    while (taken.next < batch.ids.length) {
      const [index, turn] = [taken.next++, begun++]
      while (turn >= allowed()) await pause(TICK_MS)
      const { status, body } = await client.send(batch.at(index))
      if (status === 200) replayed += 1
      accepted.set(batch.ids[index] ?? '', (JSON.parse(body.toString()) as { receipt: string }).receipt)
    }
    client.close()
  }

  const working = senders.flatMap((from, at) => {
    const [batch, taken] = [batches[at], { next: 0 }]
    return batch ? Array.from({ length: connections }, () => work(from, batch, taken)) : []
  })
  const done = Promise.all(working).then(() => undefined)
  return {
    accepted,
    replayed: () => replayed,
    reached: (size) => Promise.race([done, until(() => accepted.size >= size, 60_000)]),
    done,
  }
}

function sign(pki: string, from: string, count: number): Batch {
  const referral = readReferral(SCHEMAS).replace(`"from":"${EXAMPLE}"`, `"from":"${from}"`)
  return signReferrals(readSignatory(pki, from), referral, count, new Date(), (_, length) =>
    postHead('/v1/messages', length),
  )
}

/** Sends the same bytes again, to one gateway or another, until they are answered 200 or 202. */
export function openStubborn(pki: string, agency: string, ports: readonly number[]) {
  const identity = readIdentity(pki, agency)
  let at = randomInt(ports.length)
  let connection: Connection | undefined

  async function tryOnce(request: Buffer): Promise<Answer | undefined> {
    try {
      connection ??= await openConnection(ports[at % ports.length] ?? 0, identity)
      return await connection.send(request)
    } catch {
      // Killed, or not there yet: another may be.
      connection?.close()
      connection = undefined
      at += 1
      return undefined
    }
  }

  return {
    async send(request: Buffer): Promise<Answer> {
      for (;;) {
        const answer = await tryOnce(request)
        if (answer !== undefined && answer.status < 300) return answer
        if (answer !== undefined && answer.status !== 503) throw new Error(`answered ${answer.status}`)
        await pause(AGAIN_MS)
      }
    },
    close: () => connection?.close(),
  }
}
