import { answerQuestions } from './child.ts'
import { runDelivered } from './deliver.ts'
import { type Batch, readReferral, readSignatory, recipient, sender, signReferrals } from './messages.ts'
import type { Measured } from './report.ts'
import { ACCEPTED, type Loaded, type Run } from './run.ts'
import { startTally, waitUntilQuiet } from './tally.ts'
import { type Connection, getRequest, openConnection, postHead, readIdentity } from './wire.ts'

/** The load generator, a process of its own: it shares the machine with what it loads, so it does as little as can be. */

/** Open: how often it is looked what is due (ms), besides after each answer. */
const TICK_MS = 1
const INBOX_PAGE = getRequest('/v1/inbox?limit=100')
const OK = 200

const modes: Readonly<Record<Run['mode'], Mode>> = {
  closed: (run, loaded, referrals, connections) => runClosed(run, loaded, eachOf(referrals), connections, ACCEPTED),
  inbox: (run, loaded, _none, connections) => runClosed(run, loaded, forEver(INBOX_PAGE), connections, OK),
  open: (run, loaded, referrals, connections) => runOpen(run, loaded, eachOf(referrals), connections),
  delivered: runDelivered,
}
type Mode = (run: Run, loaded: Loaded, referrals: Batch, connections: readonly Connection[]) => Promise<Measured>

answerQuestions(({ run, loaded }: { run: Run; loaded: Loaded }) => measure(run, loaded))

async function measure(run: Run, loaded: Loaded): Promise<Measured> {
  const referrals = sign(run, loaded)
  await waitUntilQuiet(loaded)
  const identity = readIdentity(loaded.pki, run.mode === 'inbox' ? recipient : sender)
  const opening = Array.from({ length: run.connections }, () => openConnection(loaded.port, identity))
  const connections = await Promise.all(opening)
  try {
    return await modes[run.mode](run, loaded, referrals, connections)
  } finally {
    for (const connection of connections) connection.close()
  }
}

function sign(run: Run, { pki, schemas }: Loaded): Batch {
  const count = run.mode === 'inbox' ? 0 : Math.ceil(run.perSecond * (run.warmUpSeconds + run.seconds))
  const head = (_id: string, length: number): string => postHead('/v1/messages', length)
  return signReferrals(readSignatory(pki, sender), readReferral(schemas), count, new Date(), head)
}

function* eachOf(batch: Batch): Generator<Buffer, undefined> {
  for (let index = 0; index < batch.ids.length; index++) yield batch.at(index)
}

function* forEver(request: Buffer): Generator<Buffer, undefined> {
  for (;;) yield request
}

async function runClosed(
  run: Run,
  loaded: Loaded,
  requests: Generator<Buffer, undefined>,
  connections: readonly Connection[],
  wanted: number,
): Promise<Measured> {
  const tally = startTally(loaded, run)
  const loop = async (connection: Connection): Promise<void> => {
    while (!tally.isOver()) {
      const { value: request } = requests.next()
      if (request === undefined) return
      const since = performance.now()
      const { status } = await connection.send(request)
      tally.note(since, status === wanted ? undefined : status)
    }
  }
  await Promise.all(connections.map(loop))
  return tally.end()
}

async function runOpen(
  run: Run,
  loaded: Loaded,
  requests: Generator<Buffer, undefined>,
  connections: readonly Connection[],
): Promise<Measured> {
  const tally = startTally(loaded, run)
  const start = performance.now()
  const idle = [...connections]
  const done = Promise.withResolvers<void>()
  let sent = 0
  const finishWhereOver = (): void => {
    if (tally.isOver() && idle.length === connections.length) done.resolve()
  }
  const sendOne = async (connection: Connection, due: number): Promise<void> => {
    const { value: request } = requests.next()
    if (request !== undefined) {
      const { status } = await connection.send(request)
      tally.note(due, status === ACCEPTED ? undefined : status)
    }
    idle.push(connection)
  }
  // what is due and finds no connection idle waits, and its time counts
  const sendDue = (): void => {
    while (!tally.isOver()) {
      const due = start + (sent / run.perSecond) * 1000
      if (due > performance.now()) break
      const connection = idle.pop()
      if (connection === undefined) break
      sent++
      sendOne(connection, due).then(sendDue, done.reject)
    }
    finishWhereOver()
  }
  const ticking = setInterval(sendDue, TICK_MS)
  await done.promise.finally(() => clearInterval(ticking))
  return tally.end()
}
