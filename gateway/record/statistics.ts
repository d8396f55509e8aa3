import {
  addCounters,
  type CaseFigures,
  type Counters,
  figuresOf,
  countersOf,
  type Publication,
  quarterOf,
} from '../protocol/protocol.ts'
import { factsOf, firstReferral, forgetFacts } from './case-facts.ts'
import type { Queryable } from './database.ts'
import { SealFault } from './sealing.ts'
import type { Vault } from './vault.ts'

/** What is published of a period, and since when. */
export type FrozenStatistic = { readonly period: string; readonly frozenAt: Date; readonly publication: Publication }

type StatisticRow = {
  readonly period: string
  readonly sealed_counters: Buffer
  readonly frozen_at: Date | null
  readonly publication: Publication | null
}

/** The bytes of «FIGS». */
const STATISTICS_LOCK = 0x46494753

/** Waits until nobody else freezes or carries, and keeps them waiting until the transaction ends. */
export async function lockStatistics(tx: Queryable): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [STATISTICS_LOCK])
}

/** What is published of a period; undefined where it is not frozen. */
export async function frozenStatistic(database: Queryable, period: string): Promise<FrozenStatistic | undefined> {
  const { rows } = await database.query<FrozenStatistic>(
    `select period, frozen_at as "frozenAt", publication from statistic where frozen_at is not null and period = $1`,
    [period],
  )
  return rows[0]
}

/** The names of all periods that are frozen, in order: a year stands before its quarters. */
export async function frozenPeriods(database: Queryable): Promise<readonly string[]> {
  const { rows } = await database.query<{ period: string }>(
    'select period from statistic where frozen_at is not null order by period',
  )
  return rows.map(({ period }) => period)
}

/** The counters of a period, as far as there are any. @throws SealFault */
export async function countersIn(
  tx: Queryable,
  vault: Vault,
  period: string,
): Promise<{ readonly counters: Counters; readonly publication: Publication | undefined } | undefined> {
  const { rows } = await tx.query<StatisticRow>('select * from statistic where period = $1', [period])
  const row = rows[0]
  return (
    row && {
      counters: JSON.parse(vault.openCounters(period, row.sealed_counters).toString()) as Counters,
      publication: row.publication ?? undefined,
    }
  )
}

/** Freezes the counters of a period with what is published of them. One that is frozen stays as it is. */
export async function freeze(
  tx: Queryable,
  vault: Vault,
  period: string,
  counters: Counters,
  publication: Publication,
  at: Date,
): Promise<void> {
  await put(tx, period, vault.sealCounters(period, counters), at, publication)
}

/**
 * Carries a case into the counters of its quarter and forgets what was kept of it: to be called, with the key of the case still
 * there, by whoever erases the case, in the same transaction. A case of a quarter that is frozen is in its counters.
 */
export async function carryCase(tx: Queryable, vault: Vault, caseId: string): Promise<void> {
  await lockStatistics(tx)
  const first = await firstReferral(tx, caseId)
  const figures = first && (await readFigures(tx, vault, caseId))
  await forgetFacts(tx, caseId)
  if (first === undefined || figures === undefined) return
  const { name } = quarterOf(first.at)
  const standing = await countersIn(tx, vault, name)
  if (standing?.publication !== undefined) return
  const counters = addCounters([...(standing ? [standing.counters] : []), countersOf(figures)])
  await put(tx, name, vault.sealCounters(name, counters), null, null)
}

/** Facts that do not open, moved or changed, must not keep contents from being erased: that case is in no figure. */
async function readFigures(tx: Queryable, vault: Vault, caseId: string): Promise<CaseFigures | undefined> {
  try {
    return figuresOf((await factsOf(tx, vault, [caseId])).get(caseId) ?? [])
  } catch (error) {
    if (error instanceof SealFault) return undefined
    throw error
  }
}

async function put(
  tx: Queryable,
  period: string,
  sealed: Buffer,
  frozenAt: Date | null,
  publication: Publication | null,
): Promise<void> {
  await tx.query(
    `insert into statistic (period, sealed_counters, frozen_at, publication) values ($1, $2, $3, $4)
     on conflict (period) do update set sealed_counters = excluded.sealed_counters, frozen_at = excluded.frozen_at,
       publication = excluded.publication where statistic.frozen_at is null`,
    [period, sealed, frozenAt, publication && JSON.stringify(publication)],
  )
}
