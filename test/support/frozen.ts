import pg from 'pg'
import { addCounters, type Counters, countersOf, listsOf } from '../../gateway/protocol/counters.ts'
import { readCatalogue } from '../../gateway/protocol/catalogue.ts'
import { type Publication, publishQuarter, publishYear } from '../../gateway/protocol/publication.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { readCohort } from './cohort.ts'

const lists = listsOf(readCatalogue(await loadSchemaFolder('schemas')))

/** The cohort's counters of some months of 2016. */
async function countCohort(months: readonly string[]): Promise<Counters> {
  const rows = await readCohort()
  return addCounters(
    rows
      .filter(({ referredOn }) => months.some((month) => referredOn.startsWith(`2016-${month}`)))
      .map(({ age, sex, countries, outcome, n }) =>
        countersOf({
          age: age === undefined ? 'not-specified' : String(age),
          sex,
          nationality: countries.length > 1 ? 'unclear' : (countries[0] ?? 'unknown'),
          concerns: ['separated-from-carers'],
          outcome,
          hours: 24 + n,
        }),
      ),
  )
}

/** Puts into a record what a gateway that ran in 2016 would have frozen: the cohort's last quarter and its year, and an empty quarter. */
export async function putFigures(databaseUrl: string): Promise<Record<'2016-Q4' | '2016' | '2017-Q1', Publication>> {
  const summer = await countCohort(['07', '08', '09'])
  const autumn = await countCohort(['10', '11', '12'])
  const quarters = [summer, autumn].map((counters) => ({ counters, publication: publishQuarter(counters, lists) }))
  const made = {
    '2016-Q4': publishQuarter(autumn, lists),
    2016: publishYear(addCounters([summer, autumn]), quarters, lists),
    '2017-Q1': publishQuarter(addCounters([]), lists),
  }
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    for (const [period, publication] of Object.entries(made))
      await client.query(
        `insert into statistic (period, sealed_counters, frozen_at, publication) values ($1, (select id from data_key where is_current), '2017-01-01T01:00:00Z', $2)`,
        [period, JSON.stringify(publication)],
      )
  } finally {
    await client.end()
  }
  return made
}
