import { every, type Log, type Metrics } from '../base/base.ts'
import type { RegisteredWitness, Registry } from '../identity/identity.ts'
import {
  consistencyPath,
  nodesFromTiles,
  NoteFault,
  parseCheckpoint,
  parseNote,
  parseSignature,
  parseVerifierKey,
  treeRoot,
  type Verified,
  verifyLine,
  verifyNote,
} from '../protocol/protocol.ts'
import {
  type CheckpointRow,
  type Database,
  keepCosignature,
  lastCosigned,
  latestCheckpoint,
  type LogInForce,
  logInForce,
  readTiles,
} from '../record/record.ts'
import { addCheckpoint, readCheckpoint, type WitnessAnswer } from './witness-call.ts'

type Needs = {
  readonly database: Database
  /** The registry in force now. */
  readonly registry: () => Pick<Registry, 'witnesses'>
  readonly metrics: Pick<Metrics, 'witnessFailures'>
  readonly log: Log
  /** The record's time. */
  readonly now: () => Date
  /** Hears of a tree that this log's keys have signed and that the record does not have. */
  readonly published: (tree: { readonly size: number; readonly root: Buffer }) => Promise<void>
}

/** The offering of checkpoints to witnesses, under way. */
export type Cosigning = AsyncDisposable & {
  /** The witnesses that say, or prove, that this log contradicts itself, by the names of their keys. */
  contradicted(): readonly string[]
}

/** How often is looked whether there is a new checkpoint. */
const LOOK_MS = 1_000
/** A checkpoint that stays the newest is offered again, so that it is known whether each witness is still there. */
const AGAIN_MS = 20_000
/** A witness that has failed is left alone for so long. */
const REST_MS = 5_000
/** How far a witness's clock may be from the record's: what it says of a time is kept for 75 years. */
const CLOCK_MS = 5 * 60_000

/** What came of an offer. A fault is a fixed word. */
type Outcome = 'cosigned' | 'contradicted' | 'outdated' | { readonly fault: string }

/**
 * Offers the newest checkpoint to each witness of the registry file (protocol section 10, C2SP tlog-witness), and keeps the cosignatures
 * that verify. No receipt waits for it, and no witness for another. Two processes that do so at once do no harm: each witness takes one
 * offer after the other.
 */
export function openCosigning(needs: Needs): Cosigning {
  const { log, registry, database, now } = needs
  const stopping = new AbortController()
  const underWay = new Map<string, Promise<void>>()
  const restingUntil = new Map<string, number>()
  const contradicted = new Set<string>()

  async function look(): Promise<void> {
    const { witnesses = [] } = registry().witnesses ?? {}
    for (const name of contradicted) if (witnesses.every(({ key }) => key.name !== name)) contradicted.delete(name)
    if (witnesses.length === 0) return
    const [newest, last] = await Promise.all([
      latestCheckpoint(database),
      lastCosigned(
        database,
        witnesses.map(({ key }) => key.name),
      ),
    ])
    if (newest === undefined) return
    const at = now().getTime()
    for (const witness of witnesses) {
      const { name } = witness.key
      const known = last.get(name)
      const isFresh = known?.size === newest.size && at - known.at.getTime() < AGAIN_MS
      if (isFresh || underWay.has(name) || (restingUntil.get(name) ?? 0) > at) continue
      const offering = offer(needs, witness, newest, known?.size ?? 0, stopping.signal)
        .then((outcome) => note(name, outcome, at))
        .catch((error: unknown) => {
          restingUntil.set(name, at + REST_MS)
          log.error({ err: error, witness: name }, 'a checkpoint could not be offered')
        })
        .finally(() => underWay.delete(name))
      underWay.set(name, offering)
    }
  }

  function note(name: string, outcome: Outcome, at: number): void {
    if (outcome === 'cosigned') {
      if (contradicted.delete(name)) log.info({ witness: name }, 'the witness cosigns the log again')
      restingUntil.delete(name)
      return
    }
    // The next look finds what has come meanwhile.
    if (outcome === 'outdated') return
    restingUntil.set(name, at + REST_MS)
    if (outcome === 'contradicted') {
      if (!contradicted.has(name)) log.error({ witness: name }, 'a witness says that this log contradicts itself')
      contradicted.add(name)
      return
    }
    if (stopping.signal.aborted) return
    needs.metrics.witnessFailures.inc({ witness: name, reason: outcome.fault })
    log.warn({ witness: name, reason: outcome.fault }, 'a witness has not cosigned the newest checkpoint')
  }

  const stop = every(LOOK_MS, look, (error) => log.error({ err: error }, 'checkpoints could not be offered'))
  return {
    contradicted: () => [...contradicted],
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await stop()
      await Promise.all(underWay.values())
    },
  }
}

/** Once from where the witness is believed to be, and once more from where it says that it is. */
const MOST_OFFERS = 2
const SIZE = /^(0|[1-9][0-9]{0,15})\n$/

async function offer(
  needs: Needs,
  { key, url }: RegisteredWitness,
  { size, note }: CheckpointRow,
  believed: number,
  stop: AbortSignal,
): Promise<Outcome> {
  const { database, now } = needs
  const inForce = await logInForce(database)
  let oldSize = Math.min(believed, size)
  for (let offers = 1; ; offers += 1) {
    const proof = await consistencyPath(oldSize, size, nodesFromTiles(readTiles(database, inForce.base)))
    const answer = await addCheckpoint(url, { oldSize, proof, note }, stop)
    if ('fault' in answer) return answer
    if (answer.status === 200) {
      const cosigned = cosignatureIn(answer.body, { key, note })
      if (cosigned === undefined) return { fault: 'no-cosignature' }
      if (Math.abs((cosigned.at?.getTime() ?? 0) - now().getTime()) > CLOCK_MS) return { fault: 'clock-off' }
      await keepCosignature(database, { size, witness: key.name, at: now(), line: cosigned.line })
      return 'cosigned'
    }
    const seen = answer.status === 409 ? Number(SIZE.exec(answer.body)?.[1] ?? Number.NaN) : undefined
    if (answer.status === 422 || (seen !== undefined && seen > size))
      return await examine(needs, { url, size, seen, inForce }, stop)
    if (seen === undefined || !Number.isSafeInteger(seen) || offers === MOST_OFFERS)
      return { fault: `status-${answer.status}` }
    oldSize = seen
  }
}

/** The line of this witness in its answer, verified; lines of keys that nobody knows count for nothing. */
function cosignatureIn(
  body: string,
  { key, note }: { readonly key: RegisteredWitness['key']; readonly note: string },
): Verified | undefined {
  try {
    const { text } = parseNote(note)
    const lines = body.split('\n').filter((line) => line !== '')
    return lines.map((line) => verifyLine(key, text, parseSignature(line))).find((one) => one !== undefined)
  } catch (error) {
    if (error instanceof NoteFault) return undefined
    throw error
  }
}

/**
 * A witness says that the log has gone back, or is another than it was. What it shows for that counts where this log's own keys have
 * signed it; without, its word is an alarm all the same, for it may be the only one that has seen.
 */
async function examine(
  { database, published }: Needs,
  {
    url,
    size,
    seen,
    inForce,
  }: { readonly url: string; readonly size: number; readonly seen: number | undefined; readonly inForce: LogInForce },
  stop: AbortSignal,
): Promise<Outcome> {
  // Another process may have published meanwhile what this one has not known of.
  const newest = await latestCheckpoint(database)
  const { origin } = await logInForce(database)
  if (newest === undefined || newest.size < size || origin !== inForce.origin) return 'outdated'
  if (seen !== undefined && seen <= newest.size) return 'outdated'
  const shown = signedTree(await readCheckpoint(url, origin, stop), inForce)
  if (shown === undefined) return 'contradicted'
  if (shown.size <= newest.size) {
    const own = await treeRoot(shown.size, nodesFromTiles(readTiles(database, inForce.base)))
    if (own.equals(shown.root)) return { fault: 'refused' }
  }
  await published(shown)
  return 'contradicted'
}

/** The tree of a checkpoint that a key of this log has signed; nothing for anything else. */
function signedTree(answer: WitnessAnswer, { origin, verifierKeys }: LogInForce) {
  if (!('status' in answer) || answer.status !== 200) return undefined
  try {
    const note = parseNote(answer.body)
    const checkpoint = parseCheckpoint(note.text)
    verifyNote(note, verifierKeys.map(parseVerifierKey))
    return checkpoint.origin === origin ? checkpoint : undefined
  } catch (error) {
    if (error instanceof NoteFault) return undefined
    throw error
  }
}
