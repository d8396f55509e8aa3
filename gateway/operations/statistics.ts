import {
  addCounters,
  type Counters,
  countersOf,
  figuresOf,
  type Lists,
  listsOf,
  type Catalogue,
  nextQuarter,
  parsePeriod,
  type Period,
  Problem,
  type Published,
  publishQuarter,
  publishYear,
  quarterOf,
  quartersOf,
  yearOf,
} from '../protocol/protocol.ts'
import {
  casesReferred,
  countersIn,
  type Database,
  factsOf,
  freeze,
  type FrozenStatistic,
  frozenPeriods,
  frozenStatistic,
  lockStatistics,
  oldestMessage,
  type Queryable,
  type ReferredCase,
  transaction,
  type Vault,
} from '../record/record.ts'

type Needs = {
  readonly database: Database
  readonly vault: Vault
  readonly catalogue: Pick<Catalogue, 'codes'>
  readonly now: () => Date
}

/** The oversight figures (protocol section 11). */
export type Statistics = {
  /** What is published of a quarter or a year. @throws Problem `invalid-request`, `period-not-ended`, `not-found` */
  of(period: string): Promise<FrozenStatistic>
  /** The periods of which something is published, in order: a year stands before its quarters. */
  periods(): Promise<readonly string[]>
  /** Freezes what has ended. */
  freeze(stop?: AbortSignal): Promise<void>
}

/** After the end of a quarter: what was accepted before it is in the record by then. */
const GRACE_MS = 3_600_000
const CASES_AT_ONCE = 500

const NO_PERIOD = {
  en: '`period` must be a quarter such as 2016-Q4, or a year such as 2016.',
  fr: '`period` doit être un trimestre tel que 2016-Q4, ou une année telle que 2016.',
}

export function openStatistics(needs: Needs): Statistics {
  const { database, now } = needs
  return {
    async of(name) {
      const period = parsePeriod(name)
      if (period === undefined) throw new Problem('invalid-request', NO_PERIOD)
      const found = await frozenStatistic(database, name)
      if (found !== undefined) return found
      if (!hasEnded(period, now())) throw new Problem('period-not-ended')
      await freezeEnded(needs)
      const frozen = await frozenStatistic(database, name)
      if (frozen === undefined) throw new Problem('not-found')
      return frozen
    },
    periods: () => frozenPeriods(database),
    freeze: (stop) => freezeEnded(needs, stop),
  }
}

const hasEnded = ({ end }: Period, now: Date): boolean => now.getTime() >= end.getTime() + GRACE_MS

/** Freezes each quarter that has ended, from that of the oldest message on, and with a year's last quarter the year. */
async function freezeEnded(needs: Needs, stop?: AbortSignal): Promise<void> {
  const { database, catalogue, now } = needs
  const oldest = await oldestMessage(database)
  if (oldest === undefined) return
  const frozen = new Set(await frozenPeriods(database))
  const lists = listsOf(catalogue)
  for (let quarter = quarterOf(oldest); hasEnded(quarter, now()); quarter = nextQuarter(quarter)) {
    if (stop?.aborted === true) return
    if (!frozen.has(quarter.name)) await freezeQuarter(needs, quarter, lists)
  }
}

/** One process does it; who comes second finds it done. */
async function freezeQuarter({ database, vault, now }: Needs, quarter: Period, lists: Lists): Promise<void> {
  const work = async (tx: Queryable): Promise<{ result: undefined }> => {
    await lockStatistics(tx)
    const carried = await countersIn(tx, vault, quarter.name)
    if (carried?.publication !== undefined) return { result: undefined }
    const counters = addCounters([...(carried ? [carried.counters] : []), ...(await countCases(tx, vault, quarter))])
    await freeze(tx, vault, quarter.name, counters, publishQuarter(counters, lists), now())
    const year = yearOf(quarter)
    if (quarter.end.getTime() === year.end.getTime()) await freezeYear(tx, vault, year, lists, now())
    return { result: undefined }
  }
  await vault.sealing(() => transaction(database, work))
}

/** The counters of those cases that are here, added up in parts. */
async function countCases(tx: Queryable, vault: Vault, quarter: Period): Promise<readonly Counters[]> {
  const parts: Counters[] = []
  for (let after: ReferredCase | undefined; ; ) {
    const cases = await casesReferred(tx, quarter, CASES_AT_ONCE, after)
    if (cases.length === 0) return parts
    const facts = await factsOf(
      tx,
      vault,
      cases.map(({ caseId }) => caseId),
    )
    const figures = cases.map(({ caseId }) => figuresOf(facts.get(caseId) ?? [])).filter((one) => one !== undefined)
    parts.push(addCounters(figures.map(countersOf)))
    after = cases.at(-1)
  }
}

async function freezeYear(tx: Queryable, vault: Vault, year: Period, lists: Lists, at: Date): Promise<void> {
  const quarters: Published[] = []
  for (const { name } of quartersOf(year)) {
    const standing = await countersIn(tx, vault, name)
    if (standing?.publication !== undefined)
      quarters.push({ counters: standing.counters, publication: standing.publication })
  }
  const counters = addCounters(quarters.map((quarter) => quarter.counters))
  await freeze(tx, vault, year.name, counters, publishYear(counters, quarters, lists), at)
}
