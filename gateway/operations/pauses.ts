import { randomUUIDv7 } from 'node:crypto'
import type { Log } from '../base/base.ts'
import type { Registry } from '../identity/identity.ts'
import type { Issuer } from '../log/log.ts'
import { type Lane, priorities } from '../protocol/protocol.ts'
import { alonePauses, type Database, lockLapsed, lockParties, recordAct, transaction } from '../record/record.ts'
import { LONE_PAUSE_MS } from './act-pages.ts'
import { endPauseOf } from './acts.ts'

type Needs = {
  readonly log: Log
  readonly database: Database
  readonly issuer: Issuer
  /** The registry in force now. */
  readonly registry: () => Registry
  readonly now: () => Date
  readonly enqueue: (lane: Lane) => void
}

/**
 * Ends the pauses that have lapsed: an hour old, joined by nobody, and an immediate message waits. That is an act without an operator,
 * and a leaf of the log. Two processes that look at once end a pause once.
 * @returns the agencies
 */
export async function lapsePauses(needs: Needs): Promise<readonly string[]> {
  const before = new Date(needs.now().getTime() - LONE_PAUSE_MS)
  const due = (await alonePauses(needs.database)).filter((one) => one.immediateWaits && one.since <= before)
  const lapsed: string[] = []
  for (const { agency } of due) if (await lapse(needs, agency, before)) lapsed.push(agency)
  for (const recipient of lapsed) {
    needs.log.warn({ agency: recipient }, 'a pause has lapsed: an immediate message waits, and nobody has joined it')
    for (const priority of priorities.keys()) needs.enqueue({ recipient, priority })
  }
  return lapsed
}

async function lapse(
  { database, issuer, registry, now: clock }: Needs,
  agency: string,
  before: Date,
): Promise<boolean> {
  return await transaction(database, async (tx) => {
    await lockParties(tx)
    if (!(await lockLapsed(tx, agency, before))) return { result: false }
    const id = randomUUIDv7()
    const now = clock()
    await endPauseOf(tx, agency, { now, isActive: (one) => registry().agencies.get(one)?.status === 'active' })
    const leaf = await issuer.act(id, { act: 'resume', agency }, now)
    const about = { operator: undefined, sealedReason: undefined, subject: { agency } }
    return { result: true, pending: [recordAct(tx, { id, at: now, act: 'resume', ...about, leaf }, [])] }
  })
}
