import { EventEmitter } from 'node:events'
import pg from 'pg'
import { every, within } from '../base/base.ts'
import { connecting } from './connection.ts'
import type { Database } from './database.ts'

/**
 * Wakes whoever waits for something, in this process at once and in the others within milliseconds (LISTEN, NOTIFY). A wake
 * says only that it is worth looking again: what there is stands in the record, so a lost one costs time and no message.
 */
export type Wakes = {
  wake(topics: Iterable<string>): void
  /** Resolves when the topic is woken, the time is over or the signal aborts, whichever is first. Call before looking. */
  next(topic: string, timeoutMs: number, signal: AbortSignal): Promise<void>
  /** How many wait for a topic in this process. */
  waiting(topic: string): number
  close(): Promise<void>
}

const CHANNEL = 'passerelle'
/** A topic that whatever is woken wakes, too: for who follows all that is committed. */
export const ANYTHING = '*'
/** NOTIFY takes one lock for the whole cluster: the first goes at once, and what follows within this time goes together. */
const GATHER_MS = 20
/** Nothing of a NOTIFY outlives the server, so that its commit need not wait for the disk. */
const NOTIFY = `select set_config('synchronous_commit', 'off', true), pg_notify('${CHANNEL}', $1)`
/** PostgreSQL's payloads end at 8,000 bytes. */
const LARGEST_PAYLOAD = 7_000
const RECONNECT_MS = 1_000
/** How often it is asked whether the listening connection still leads to where notifications are made, and how long that may take. */
const LOOK_MS = 5_000
const ANSWER_MS = 5_000

/** Opens the wakes of this process; `onError` hears of a listening connection that broke (it is made anew). */
export async function openWakes(url: string, database: Database, onError: (error: unknown) => void): Promise<Wakes> {
  const local = new EventEmitter().setMaxListeners(0)
  const own = crypto.randomUUID()
  const gathered = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let notified = -Infinity
  let listener: pg.Client | undefined
  let closed = false
  let sending: Promise<unknown> = Promise.resolve()

  async function listen(): Promise<void> {
    const client = new pg.Client({
      ...connecting(url),
      application_name: 'passerelle wakes',
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MS,
    })
    client.on('notification', ({ payload = '' }) => {
      const [sender, ...topics] = payload.split(' ')
      if (sender !== own) for (const topic of [...topics, ANYTHING]) local.emit(topic)
    })
    client.on('error', onError)
    try {
      await client.connect()
      await client.query(`listen ${CHANNEL}`)
    } catch (error) {
      await client.end().catch(onError)
      throw error
    }
    // Closed meanwhile: nobody else will end it.
    if (closed) return await client.end()
    // From here on its end begins one new attempt; before, whoever called has heard of the failure.
    client.on('end', () => later())
    listener = client
    // What was notified while nobody listened is made good by looking again.
    for (const topic of local.eventNames()) local.emit(topic)
  }

  /** After a failover the server that is listened to may live on, read-only or out of reach: nobody notifies there any more. */
  async function look(): Promise<void> {
    const looked = listener
    if (looked === undefined) return
    const setting = looked.query<{ transaction_read_only: string }>('show transaction_read_only')
    // A connection that breaks meanwhile has said so, and is made anew already.
    const answer = await within(ANSWER_MS, setting).catch(() => 'broken' as const)
    if (answer === 'broken' || answer?.rows[0]?.transaction_read_only === 'off') return
    looked.connection.stream.destroy()
  }

  function later(): void {
    if (!closed) setTimeout(relisten, RECONNECT_MS).unref()
  }

  function relisten(): void {
    if (closed) return
    listen().catch((error: unknown) => {
      onError(error)
      later()
    })
  }

  function notify(): void {
    timer = undefined
    notified = performance.now()
    const payloads: string[] = []
    let payload = own
    for (const topic of gathered) {
      if (payload.length + topic.length > LARGEST_PAYLOAD) {
        payloads.push(payload)
        payload = own
      }
      payload += ` ${topic}`
    }
    payloads.push(payload)
    gathered.clear()
    sending = Promise.all(payloads.map((one) => database.query({ name: 'notify', text: NOTIFY, values: [one] }))).catch(
      onError,
    )
  }

  await listen()
  const stopLooking = every(LOOK_MS, look, onError)
  return {
    wake(topics) {
      for (const topic of topics) {
        gathered.add(topic)
        local.emit(topic)
      }
      local.emit(ANYTHING)
      if (gathered.size > 0 && !closed)
        timer ??= setTimeout(notify, Math.max(0, notified + GATHER_MS - performance.now()))
    },
    next(topic, timeoutMs, signal) {
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(over)
          local.off(topic, done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        const over = setTimeout(done, timeoutMs)
        local.on(topic, done)
        signal.addEventListener('abort', done)
        if (signal.aborted) done()
      })
    },
    waiting: (topic) => local.listenerCount(topic),
    async close() {
      closed = true
      await stopLooking()
      if (timer !== undefined) {
        clearTimeout(timer)
        notify()
      }
      await sending
      await listener?.end()
    },
  }
}
