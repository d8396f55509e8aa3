import { every, type Log, type Metrics } from '../base/base.ts'
import type { RegisteredWitness, Registry } from '../identity/identity.ts'
import { type Database, keepCosignature, lastCosigned } from '../record/record.ts'
import { examine } from './examine.ts'
import { cosignatureIn } from './signed.ts'
import type { Tree } from './tree.ts'
import { addCheckpoint } from './witness-call.ts'

type Needs = {
  readonly database: Database
  /** The registry in force now. */
  readonly registry: () => Pick<Registry, 'witnesses'>
  /** What was published, and nothing else, is offered. */
  readonly tree: Pick<Tree, 'latest' | 'isClosed' | 'consistency'>
  readonly metrics: Pick<Metrics, 'witnessFailures'>
  readonly log: Log
  /** The record's time. */
  readonly now: () => Date
  readonly lookMs?: number
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
 * offer after the other. A log that was closed is offered to nobody.
 */
export function openCosigning(needs: Needs): Cosigning {
  const { log, registry, database, tree, now, lookMs = LOOK_MS } = needs
  const stopping = new AbortController()
  const underWay = new Map<string, Promise<void>>()
  const restingUntil = new Map<string, number>()
  const contradicted = new Set<string>()

  async function look(): Promise<void> {
    const { witnesses = [] } = registry().witnesses ?? {}
    const names = witnesses.map(({ key }) => key.name)
    for (const name of contradicted) if (!names.includes(name)) contradicted.delete(name)
    const newest = tree.latest()
    if (newest === undefined || tree.isClosed() || names.length === 0) return
    const last = await lastCosigned(database, names)
    const at = now().getTime()
    for (const witness of witnesses) {
      const { name } = witness.key
      const known = last.get(name)
      const isFresh = known?.size === newest.size && at - known.at.getTime() < AGAIN_MS
      // Another process has published more, and offered it: it would only be told so.
      const isBehind = known !== undefined && known.size > newest.size
      if (isFresh || isBehind || underWay.has(name) || (restingUntil.get(name) ?? 0) > at) continue
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
    if (outcome === 'outdated' || stopping.signal.aborted) return
    restingUntil.set(name, at + REST_MS)
    if (outcome === 'contradicted') {
      if (!contradicted.has(name)) log.error({ witness: name }, 'a witness says that this log contradicts itself')
      contradicted.add(name)
      return
    }
    needs.metrics.witnessFailures.inc({ witness: name, reason: outcome.fault })
    log.warn({ witness: name, reason: outcome.fault }, 'a witness has not cosigned the newest checkpoint')
  }

  const stop = every(lookMs, look, (error) => log.error({ err: error }, 'checkpoints could not be offered'))
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
  { size, note }: { readonly size: number; readonly note: string },
  believed: number,
  stop: AbortSignal,
): Promise<Outcome> {
  const { database, tree, now } = needs
  let oldSize = Math.min(believed, size)
  for (let offers = 1; ; offers += 1) {
    const proof = await tree.consistency(oldSize, size)
    // Another log is in force meanwhile.
    if (proof === 'beyond') return 'outdated'
    // RFC 6962 has no proof from an empty tree: any tree continues it.
    const answer = await addCheckpoint(url, { oldSize, proof: oldSize === 0 ? [] : proof.path, note }, stop)
    if ('fault' in answer) return answer
    if (answer.status === 200) {
      const cosigned = cosignatureIn(answer.body, key, note)
      if (cosigned?.at === undefined) return { fault: 'no-cosignature' }
      if (Math.abs(cosigned.at.getTime() - now().getTime()) > CLOCK_MS) return { fault: 'clock-off' }
      await keepCosignature(database, { size, witness: key.name, at: now(), line: cosigned.line })
      return 'cosigned'
    }
    const seen = answer.status === 409 ? Number(SIZE.exec(answer.body)?.[1] ?? Number.NaN) : undefined
    if (answer.status === 422 || (seen !== undefined && seen > size)) return await examine(needs, url, seen, stop)
    if (seen === undefined || !Number.isSafeInteger(seen) || offers === MOST_OFFERS)
      return { fault: `status-${answer.status}` }
    oldSize = seen
  }
}
