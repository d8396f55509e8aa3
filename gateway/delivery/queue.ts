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
import { connecting, NewerSchemaFault } from '../record/record.ts'
import type { Lane } from '../protocol/protocol.ts'
import { within } from '../base/base.ts'
import { type Call, openCalls } from './calls.ts'
import { type Drain, nameOf, openLanes } from './lanes.ts'
import { openRedis, readRedisUrl } from './redis.ts'

/** The one place that knows Redis from PostgreSQL. A job is the call to drain a lane: it carries an agency's id and a priority. */
const QUEUE = 'delivery'
const SCHEMA = 'passerelle_queue'
const PREFIX = 'passerelle'
/** In a cluster all keys of a script must be in one place: those with the same word in braces are. */
const CLUSTER_PREFIX = `{${PREFIX}}`

/** Lanes drained at once in a process. A lane whose endpoint hangs holds a place and little else, so there are many. */
const CONCURRENCY = 256
const POOL = 4
/** A worker that died holds its lane no longer than this; the sweep goes around it even before. */
const LOCK_MS = 15_000
const STALLED_MS = 5_000
/** An answer that takes longer than this is none. */
const ANSWER_MS = 2_000
/** So long a queue that is there may take to see its jobs to an end; they are left to the next process. */
const CLOSE_MS = 3_000
const RETRY_MS = 1_000
/** What a probe leaves in Redis is gone by then. */
const PROBE_SECONDS = 60

export type Depth = { readonly waiting: number; readonly delayed: number; readonly active: number }

export type LaneQueue = {
  /** Calls a worker to a lane, now or at a time. Never throws and never waits: a lost call is made good by the sweep. */
  call(lane: Lane, at?: Date): void
  /** Calls workers to lanes that the sweep found, also where a job of the same lane seems to be under way. */
  recall(lanes: readonly Lane[], now: Date): void
  /**
   * Starts draining; `drain` is given what says that the process is stopping.
   * @returns what drains a lane here and now, without the queue
   */
  work(drain: Drain): Promise<(lane: Lane) => Promise<void>>
  depth(): Promise<Depth>
  /** Where it is kept. */
  readonly kind: 'redis' | 'postgresql'
  /** How many workers of all processes wait for it or work. */
  workers(): Promise<number>
  /** Writes into the queue. @throws what keeps it from being written to, or that it does not answer */
  probe(): Promise<void>
  /** Ends within some seconds, whatever the queue does; again, it is the same end. */
  close(): Promise<void>
}

export type QueueOptions = {
  readonly databaseUrl: string
  readonly redisUrl?: string | undefined
  /** Hears of whatever fails; what was to be called is then found by the sweep. */
  readonly onError: (error: unknown) => void
  readonly now?: () => Date
}

/**
 * Opens the queue on Redis, or else on PostgreSQL, whose tables it makes where they are missing.
 * @throws ConfigurationFault where REDIS_URL can be no Redis; NewerSchemaFault
 */
export async function openQueue({ databaseUrl, redisUrl, ...options }: QueueOptions): Promise<LaneQueue> {
  return serve(redisUrl === undefined ? await onPostgres(databaseUrl, options.onError) : onRedis(redisUrl), options)
}

/** What BullMQ is given, and what is asked of it beside. */
type Backend = Pick<LaneQueue, 'kind'> & {
  readonly queue: AnyQueue
  /** Whether work begins only once the worker is there. */
  readonly waits: boolean
  readonly makeWorker: (drain: (job: { data: Lane }) => Promise<void>) => AnyWorker
  readonly probe: () => Promise<unknown>
  /** Ends what BullMQ leaves open. */
  readonly end: () => void
}

type AnyQueue = Pick<Queue<Lane>, 'addBulk' | 'getJobCounts' | 'getWorkersCount' | 'close' | 'disconnect'> & {
  on(event: 'error', listener: (error: Error) => void): unknown
}
type AnyWorker = Pick<Worker<Lane>, 'run' | 'waitUntilReady' | 'close' | 'disconnect'> & {
  on(event: 'error', listener: (error: Error) => void): unknown
}

const working = {
  concurrency: CONCURRENCY,
  lockDuration: LOCK_MS,
  stalledInterval: STALLED_MS,
  maxStalledCount: 10,
  runRetryDelay: RETRY_MS,
  autorun: false,
}

function onRedis(redisUrl: string): Backend {
  const read = readRedisUrl(redisUrl)
  const { Queue, Worker } = withBackend(createRedisBackend)
  // Calls fail at once where Redis is away; the worker's own connection waits for it to come back.
  const calling = openRedis(read, 'call')
  const opened = [calling]
  const prefix = read.address.kind === 'cluster' ? CLUSTER_PREFIX : PREFIX
  return {
    kind: 'redis',
    queue: new Queue<Lane>(QUEUE, { connection: calling, prefix }),
    // On a Redis that is out of reach the worker waits for it; the rest of the process need not.
    waits: false,
    makeWorker(drain) {
      const waiting = openRedis(read, 'wait')
      opened.push(waiting)
      return new Worker<Lane>(QUEUE, drain, { connection: waiting, prefix, ...working })
    },
    probe: () => calling.set(`${prefix}:probe`, '1', 'EX', PROBE_SECONDS),
    end: () => opened.forEach((connection) => connection.disconnect()),
  }
}

async function onPostgres(databaseUrl: string, onError: (error: unknown) => void): Promise<Backend> {
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
    ...connecting(databaseUrl),
    schema: SCHEMA,
    max: POOL,
    application_name: 'passerelle queue',
    Client,
  }
  const queue = new Queue<Lane>(QUEUE, { connection })
  return {
    kind: 'postgresql',
    queue,
    // A failure at its first query would be remembered for ever.
    waits: true,
    makeWorker: (drain) => new Worker<Lane>(QUEUE, drain, { connection, ...working }),
    // It stands and falls with the record, which is written to when it is asked for its own health.
    probe: () => queue.getJobCounts('waiting'),
    end: () => undefined,
  }
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
  const client = new pg.Client({
    // Nobody knows how long the tables of a long queue take.
    ...connecting(databaseUrl, { statement_timeout: '0' }),
    application_name: 'passerelle queue',
  })
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

function serve(backend: Backend, { onError, now = () => new Date() }: Omit<QueueOptions, 'databaseUrl'>): LaneQueue {
  const { queue, makeWorker } = backend
  const lanes = openLanes(onError)
  const calls = openCalls((some) => queue.addBulk(some.map(jobOf)), onError)
  const workers: AnyWorker[] = []
  let closed: Promise<void> | undefined
  queue.on('error', onError)

  async function depth(): Promise<Depth> {
    const counts = await answered(queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active'))
    const { waiting = 0, prioritized = 0, delayed = 0, active = 0 } = counts
    return { waiting: waiting + prioritized, delayed, active }
  }

  /** True once all is closed; a connection that is lost meanwhile is told, and is closed then, too. */
  async function closePolitely(): Promise<boolean> {
    try {
      await Promise.all(workers.map((worker) => worker.close()))
      await calls.close()
      await queue.close()
      return true
    } catch (error) {
      onError(error)
      return false
    }
  }

  async function close(): Promise<void> {
    lanes.stop()
    void calls.close()
    // What is away is not waited for: its jobs are only calls, and the record knows what is due.
    const isThere = await depth().then(
      () => true,
      () => false,
    )
    const isOver = isThere && (await within(CLOSE_MS, closePolitely()))
    // BullMQ waits for an end that a connection which is just being made anew does not tell of.
    if (isOver !== true) await within(ANSWER_MS, Promise.allSettled([...workers, queue].map((one) => one.disconnect())))
    backend.end()
  }

  return {
    call(lane, at) {
      if (at !== undefined) {
        const delayMs = Math.max(0, at.getTime() - now().getTime())
        calls.each([{ lane, id: `${nameOf(lane)}@${at.getTime()}`, delayMs }])
      } else if (!lanes.note(lane)) calls.soon(lane)
    },
    recall(some, at) {
      calls.each(some.map((lane) => ({ lane, id: `${nameOf(lane)}~${Math.floor(at.getTime() / STALLED_MS)}` })))
    },
    async work(drain) {
      const worker = makeWorker(({ data }) => lanes.run(drain, data))
      workers.push(worker)
      worker.on('error', onError)
      const ready = worker.waitUntilReady()
      if (backend.waits) await ready
      void ready.then(() => worker.run()).catch(onError)
      return (lane) => lanes.run(drain, lane)
    },
    depth,
    kind: backend.kind,
    workers: () => answered(queue.getWorkersCount()),
    async probe() {
      await answered(backend.probe())
    },
    close: () => (closed ??= close()),
  }
}

const jobOf = ({ lane, id, delayMs = 0 }: Call) => ({
  name: 'drain',
  data: lane,
  opts: {
    priority: lane.priority + 1,
    delay: delayMs,
    deduplication: { id, keepLastIfActive: true },
    removeOnComplete: true,
    removeOnFail: true,
  },
})

async function answered<Answer>(asked: Promise<Answer>): Promise<Answer> {
  const answer = await within(ANSWER_MS, asked)
  if (answer === undefined) throw new Error('the queue does not answer')
  return answer
}
