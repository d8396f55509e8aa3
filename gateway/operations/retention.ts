import { randomUUIDv7 } from 'node:crypto'
import type { Log } from '../base/base.ts'
import type { Registry } from '../identity/identity.ts'
import type { Issuer } from '../log/log.ts'
import {
  carryCase,
  type Database,
  dueCases,
  ERASED,
  eraseCase,
  lockCase,
  type Queryable,
  recordAct,
  takeRetention,
  transaction,
  type Vault,
  type Wakes,
} from '../record/record.ts'

type Needs = {
  readonly log: Log
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly issuer: Issuer
  /** The registry in force now. */
  readonly registry: () => Registry
  readonly now: () => Date
}

/** Each case is a commit: so many take a few seconds, and leave the next minute's turn the rest. */
export const LARGEST_TURN = 200
const DAY_MS = 24 * 3_600_000

/** Of closed cases those are due whose newest message is no younger; undefined where the registry sets no retention. */
export function dueUntil({ retention }: Registry, now: Date): Date | undefined {
  return retention && new Date(now.getTime() - retention.contentDays * DAY_MS)
}

/**
 * Erases the contents of cases whose `retention` has passed since they were closed (protocol section 12), up to `LARGEST_TURN` of them.
 * @returns how many; none where another process is at it
 */
export async function eraseDue(needs: Needs, stop?: AbortSignal): Promise<number> {
  const { database, registry, now, log, wakes } = needs
  const until = dueUntil(registry(), now())
  if (until === undefined) return 0
  let erased = 0
  for (const { caseId } of await dueCases(database, until, LARGEST_TURN)) {
    if (stop?.aborted === true) break
    const outcome = await erase(needs, caseId, until)
    if (outcome === 'taken') break
    if (outcome === 'erased') erased++
  }
  if (erased > 0) {
    wakes.wake([ERASED])
    log.info({ act: 'retention', cases: erased }, 'the contents of cases were erased: their retention is over')
  }
  return erased
}

type Outcome = 'erased' | 'gone-on' | 'taken'

/** One case, its act and its leaf, in one transaction; `gone-on` where it is no longer due. */
async function erase({ database, vault, issuer, now: clock }: Needs, caseId: string, until: Date): Promise<Outcome> {
  const work = async (tx: Queryable): Promise<{ result: Outcome; pending?: readonly Promise<unknown>[] }> => {
    if (!(await takeRetention(tx))) return { result: 'taken' }
    const { standing, newest } = await lockCase(tx, caseId)
    if (standing !== 'settled' || newest === undefined || newest > until) return { result: 'gone-on' }
    const id = randomUUIDv7()
    const now = clock()
    await carryCase(tx, vault, caseId)
    await eraseCase(tx, { actId: id, caseId, at: now })
    const leaf = await issuer.act(id, { act: 'retention', caseId }, now)
    const act = {
      id,
      at: now,
      act: 'retention',
      operator: undefined,
      sealedReason: undefined,
      subject: { caseId },
      leaf,
    }
    return { result: 'erased', pending: [recordAct(tx, act, [])] }
  }
  return await vault.sealing(() => transaction(database, work))
}
