import { randomUUIDv7 } from 'node:crypto'
import type { Log } from '../base/base.ts'
import type { Registry } from '../identity/identity.ts'
import type { Issuer } from '../log/log.ts'
import {
  type Database,
  type DueCase,
  dueCases,
  ERASED,
  eraseCase,
  lockCase,
  recordAct,
  takeRetention,
  transaction,
  type Wakes,
} from '../record/record.ts'

type Needs = {
  readonly log: Log
  readonly database: Database
  readonly wakes: Wakes
  readonly issuer: Issuer
  /** The registry in force now. */
  readonly registry: () => Registry
  readonly now: () => Date
}

/** Erases the contents of cases when the registry's `retention` has passed since they were closed (protocol section 12). */
export type Retention = {
  /** The first cases that a turn would erase now; nothing is changed. Undefined where the registry sets no retention. */
  due(limit: number): Promise<readonly DueCase[] | undefined>
  /** Erases what is due, up to `LARGEST_TURN` cases. @returns how many; none where another process is at it */
  turn(stop?: AbortSignal): Promise<number>
}

/** Each case is a commit: so many take a few seconds, and leave the next minute's turn the rest. */
export const LARGEST_TURN = 200
const DAY_MS = 24 * 3_600_000

/** Opens the registry's retention. */
export function openRetention(needs: Needs): Retention {
  const { database, registry, now, log, wakes } = needs
  const limitOf = (): Date | undefined => {
    const days = registry().retention?.contentDays
    return days === undefined ? undefined : new Date(now().getTime() - days * DAY_MS)
  }
  return {
    async due(limit) {
      const until = limitOf()
      return until && (await dueCases(database, until, limit))
    },
    async turn(stop) {
      const until = limitOf()
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
    },
  }
}

/** One case, its act and its leaf, in one transaction; `gone-on` where it is no longer due. */
async function erase(
  { database, issuer, now: clock }: Needs,
  caseId: string,
  until: Date,
): Promise<'erased' | 'gone-on' | 'taken'> {
  return await transaction(database, async (tx) => {
    if (!(await takeRetention(tx))) return { result: 'taken' }
    const { standing, newest } = await lockCase(tx, caseId)
    if (standing !== 'settled' || newest === undefined || newest > until) return { result: 'gone-on' }
    const id = randomUUIDv7()
    const now = clock()
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
  })
}
