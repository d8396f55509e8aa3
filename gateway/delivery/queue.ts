import { setTimeout as pause } from 'node:timers/promises'
import {
  createPostgresBackend,
  createRedisBackend,
  type Queue,
  runMigrations,
  SchemaVersionMismatchError,
  type Worker,
  withBackend,
} from 'bullmq'
import pg from 'pg'
import { NewerSchemaFault } from '../record/record.ts'
import type { Lane } from '../protocol/protocol.ts'

/** The one place that knows Redis from PostgreSQL. A job is the call to drain a lane: it carries an agency's id and a priority. */
const QUEUE = 'delivery'
const SCHEMA = 'passerelle_queue'
const PREFIX = 'passerelle'

/** Lanes drained at once in a process. A lane whose endpoint hangs holds a place and little else, so there are many. */
const CONCURRENCY = 256
const POOL = 4
/** A worker that died holds its lane no longer than this; the sweep goes around it even before. */
const LOCK_MS = 15_000
const STALLED_MS = 5_000
/** Calls gather this long, so that a burst costs one round trip; an immediate message waits for nobody. */
const GATHER_MS = 20
/** Where calls keep coming, for workers of other processes perhaps: each costs the queue some milliseconds, however many lanes it calls. */
const GATHER_MORE_MS = 100
/** Between two rounds of a lane that keeps filling, by priority: what comes meanwhile shares a commit. */
const PAUSE_MS = [5, 50, 50]
const MOST_SENDING = 200
/** An answer that takes longer than this is none. */
const ANSWER_MS = 2_000
const RETRY_MS = 1_000

export type Depth = { readonly waiting: number; readonly delayed: number; readonly active: number }

export type LaneQueue = {
  /** Calls a worker to a lane, now or at a time. Never throws and never waits: a lost call is made good by the sweep. */
  call(lane: Lane, at?: Date): void
  /** Calls workers to lanes that the sweep found, also where a job of the same lane seems to be under way. */
  recall(lanes: readonly Lane[], now: Date): void
  /** Starts draining; `drain` is given what says that the process is stopping. */
  work(drain: (lane: Lane, stopping: AbortSignal) => Promise<void>): Promise<void>
  depth(): Promise<Depth>
  close(): Promise<void>
}

export type QueueOptions = {
  readonly databaseUrl: string
  readonly redisUrl?: string | undefined
  /** Hears of whatever fails; what was to be called is then found by the sweep. */
  readonly onError: (error: unknown) => void
}

const nameOf = ({ recipient, priority }: Lane): string => `${recipient}.${priority}`

/** Opens the queue on Redis, or else on PostgreSQL, whose tables it makes where they are missing. */
export async function openQueue({ databaseUrl, redisUrl, onError }: QueueOptions): Promise<LaneQueue> {
  if (redisUrl !== undefined) {
    const { Queue, Worker } = withBackend(createRedisBackend)
    // Calls fail at once where Redis is away; the worker's own connection waits for it to come back.
    const calling = { url: redisUrl, maxRetriesPerRequest: 1, enableOfflineQueue: false }
    const waiting = { url: redisUrl, maxRetriesPerRequest: null }
    const queue = new Queue<Lane>(QUEUE, { connection: calling, prefix: PREFIX })
    return serve(
      queue,
      // On a Redis that is out of reach the worker waits for it; the rest of the process need not.
      {
        waits: false,
        make: (drain) => new Worker<Lane>(QUEUE, drain, { connection: waiting, prefix: PREFIX, ...working }),
      },
      onError,
    )
  }
  await migrateQueue(databaseUrl)
  const { Queue, Worker } = withBackend(patientBackend)
  // BullMQ's pool listens to idle connections only; one that breaks while it is used must not end the process.
  class Client extends pg.Client {
    constructor(config: pg.ClientConfig) {
      super(config)
      this.on('error', onError)
    }
  }
  const connection = {
    connectionString: databaseUrl,
    schema: SCHEMA,
    max: POOL,
    application_name: 'passerelle queue',
    Client,
  }
  const queue = new Queue<Lane>(QUEUE, { connection })
  return serve(
    queue,
    // A failure at its first query would be remembered for ever.
    { waits: true, make: (drain) => new Worker<Lane>(QUEUE, drain, { connection, ...working }) },
    onError,
  )
}

const working = {
  concurrency: CONCURRENCY,
  lockDuration: LOCK_MS,
  stalledInterval: STALLED_MS,
  maxStalledCount: 10,
  autorun: false,
}

/** Where the database is away, BullMQ's worker asks again without a pause, and nothing else would get its turn. */
const patientBackend: typeof createPostgresBackend = (...given) => {
  const backend = createPostgresBackend(...given)
  const moveToActive = backend.moveToActive.bind(backend)
  const waitForJob = backend.waitForJob.bind(backend)
  backend.moveToActive = (...asked) => moveToActive(...asked).catch(rethrowLater)
  backend.waitForJob = (...asked) => waitForJob(...asked).catch(rethrowLater)
  return backend
}

async function rethrowLater(error: unknown): Promise<never> {
  await pause(RETRY_MS)
  throw error
}

/** BullMQ on PostgreSQL does not migrate by itself; several processes may do it at once. */
async function migrateQueue(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'passerelle queue' })
  await client.connect()
  try {
    await runMigrations(client, SCHEMA)
  } catch (error) {
    if (error instanceof SchemaVersionMismatchError)
      throw new NewerSchemaFault('the queue in the database is of a newer release')
    throw error
  } finally {
    await client.end()
  }
}

type Drain = (job: { data: Lane }) => Promise<void>
type AnyQueue = Pick<Queue<Lane>, 'addBulk' | 'getJobCounts' | 'close' | 'disconnect'> & {
  on(event: 'error', listener: (error: Error) => void): unknown
}
type AnyWorker = Pick<Worker<Lane>, 'run' | 'waitUntilReady' | 'close' | 'disconnect'> & {
  on(event: 'error', listener: (error: Error) => void): unknown
}

type MakeWorker = { readonly waits: boolean; readonly make: (drain: Drain) => AnyWorker }

function serve(queue: AnyQueue, makeWorker: MakeWorker, onError: (error: unknown) => void): LaneQueue {
  const stop = new AbortController()
  const gathered = new Map<string, Lane>()
  /** Lanes that this process is draining; the value tells that something was added meanwhile. */
  const draining = new Map<string, boolean>()
  const sending = new Set<Promise<unknown>>()
  let timer: NodeJS.Timeout | undefined
  let calling = false
  let worker: AnyWorker | undefined
  queue.on('error', onError)

  function send(jobs: readonly { lane: Lane; id: string; delay?: number }[]): Promise<void> {
    const sent = queue
      .addBulk(
        jobs.map(({ lane, id, delay = 0 }) => ({
          name: 'drain',
          data: lane,
          opts: {
            priority: lane.priority + 1,
            delay,
            deduplication: { id, keepLastIfActive: true },
            removeOnComplete: true,
            removeOnFail: true,
          },
        })),
      )
      .then(() => undefined, onError)
      .finally(() => sending.delete(sent))
    sending.add(sent)
    return sent
  }

  /** A queue that is out of reach holds calls until it is back: beyond a bound they are left to the sweep. */
  const isClogged = (): boolean => sending.size >= MOST_SENDING

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (calling || gathered.size === 0) return
    const jobs = [...gathered].map(([id, lane]) => ({ id, lane }))
    gathered.clear()
    void callLanes(jobs)
  }

  async function callLanes(jobs: Parameters<typeof send>[0]): Promise<void> {
    calling = true
    await Promise.race([send(jobs), pause(ANSWER_MS, undefined, { ref: false })])
    calling = false
    callGathered(GATHER_MORE_MS)
  }

  /** One call at a time: what comes meanwhile gathers, one entry a lane, and is called next. */
  function callGathered(withinMs: number): void {
    const isPressing = stop.signal.aborted || gathered.values().some(({ priority }) => priority === 0)
    if (isPressing) flush()
    else if (gathered.size > 0 && !calling) timer ??= setTimeout(flush, withinMs)
  }

  async function run(drain: Parameters<LaneQueue['work']>[0], lane: Lane): Promise<void> {
    const name = nameOf(lane)
    if (draining.has(name)) return void draining.set(name, true)
    try {
      do {
        draining.set(name, false)
        await drain(lane, stop.signal)
        if (draining.get(name))
          await pause(PAUSE_MS[lane.priority], undefined, { signal: stop.signal }).catch(() => undefined)
      } while (draining.get(name) && !stop.signal.aborted)
    } catch (error) {
      // The queue would keep the words of the failure; the sweep finds what is still due.
      onError(error)
    } finally {
      draining.delete(name)
    }
  }

  async function depth(): Promise<Depth> {
    const late = pause(ANSWER_MS, undefined, { ref: false }).then(() => {
      throw new Error('the queue does not answer')
    })
    const counts = await Promise.race([queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active'), late])
    const { waiting = 0, prioritized = 0, delayed = 0, active = 0 } = counts
    return { waiting: waiting + prioritized, delayed, active }
  }

  return {
    call(lane, at) {
      const name = nameOf(lane)
      if (at !== undefined) {
        if (isClogged()) return
        void send([{ lane, id: `${name}@${at.getTime()}`, delay: Math.max(0, at.getTime() - Date.now()) }])
      } else if (draining.has(name)) {
        draining.set(name, true)
      } else {
        gathered.set(name, lane)
        callGathered(GATHER_MS)
      }
    },
    recall: (lanes, now) => {
      if (isClogged()) return
      void send(lanes.map((lane) => ({ lane, id: `${nameOf(lane)}~${Math.floor(now.getTime() / STALLED_MS)}` })))
    },
    async work(drain) {
      const made = makeWorker.make(({ data }) => run(drain, data))
      worker = made
      made.on('error', onError)
      const ready = made.waitUntilReady()
      if (makeWorker.waits) await ready
      void ready.then(() => made.run()).catch(onError)
    },
    depth,
    async close() {
      stop.abort()
      flush()
      // What is away is not waited for: its jobs are only calls, and the record knows what is due.
      if (
        await depth().then(
          () => true,
          () => false,
        )
      ) {
        await worker?.close()
        while (sending.size > 0) await Promise.all(sending)
        await queue.close()
      } else {
        await Promise.all([worker?.disconnect(), queue.disconnect()])
      }
    },
  }
}
