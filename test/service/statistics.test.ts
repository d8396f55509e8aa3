import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { cohortSteps, type Row } from '../../demo/cohort.ts'
import { startThread } from '../../demo/thread.ts'
import { openStatistics, type Statistics } from '../../gateway/operations/statistics.ts'
import { transaction } from '../../gateway/record/database.ts'
import { carryCase } from '../../gateway/record/statistics.ts'
import type { Publication, Shown } from '../../gateway/protocol/publication.ts'
import { openHistory, type History, readCohort, tellCohort } from '../support/cohort.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { openParts, type TestParts } from '../support/parts.ts'
import { type Column, rangesOf } from '../support/working-out.ts'
import { copyPki } from '../support/pki.ts'

/** The oversight figures from accepted messages to what is published (protocol section 11), at any time of any year. */

let folder: TemporaryFolder
let pki: DevelopmentPki
let registry: string
let rows: readonly Row[]
let database: TestDatabase
let parts: TestParts
let history: History
let statistics: Statistics
let now: Date

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await copyPki(join(folder.path, 'pki'))
  registry = await readFile(join(pki.folder, 'agencies.json'), 'utf8')
  rows = await readCohort()
})
afterAll(() => folder.remove())
beforeEach(async () => {
  database = await createDatabase()
  parts = await openParts(pki, database.url, registry)
  history = await openHistory(pki, parts)
  now = new Date('2018-01-02T00:00:00Z')
  statistics = openStatistics({ ...parts, now: () => now })
})
afterEach(async () => {
  await parts[Symbol.asyncDispose]()
  await database.drop()
})

const shownIn = ({ tables }: Publication, table: keyof Publication['tables']): Record<string, Shown> =>
  Object.fromEntries(tables[table].map(({ code, count }) => [code, count]))

/** Children of whom only the first messages are told. @returns their cases */
async function refer(children: readonly Row[], on: string, steps: readonly string[] = ['referral']): Promise<string[]> {
  const cases: string[] = []
  for (const row of children) {
    const thread = startThread()
    cases.push(thread.refs.case('child'))
    for (const step of cohortSteps(row)) if (steps.includes(step.as)) await history.tell(thread, step, new Date(on))
  }
  return cases
}

describe('the report’s 196 children', () => {
  const periods = ['2016-Q3', '2016-Q4', '2016', '2017-Q1', '2017-Q2', '2017-Q3', '2017-Q4', '2017'] as const
  const isIn = (period: string, { referredOn }: Row): boolean => {
    const [year, month = ''] = referredOn.split('-')
    return period === year || period === `${year}-Q${Math.ceil(Number(month) / 3)}`
  }

  test('every number that is told is the true one, the two years together tell Figures 2 and 3, and nobody works out another', async () => {
    await tellCohort(history)
    const all = new Map<string, Publication>()
    for (const period of periods) all.set(period, (await statistics.of(period)).publication)

    for (const [period, publication] of all) {
      const cohort = rows.filter((row) => isIn(period, row))
      const truth = (is: (row: Row) => boolean): number => cohort.filter(is).length
      const check = (table: keyof Publication['tables'], isOf: (row: Row, code: string) => boolean): void => {
        for (const [code, shown] of Object.entries(shownIn(publication, table))) {
          const count = truth((row) => isOf(row, code))
          if (shown === '<5') expect(count).toBeLessThan(5)
          else if (shown !== 'suppressed') expect([period, code, shown]).toEqual([period, code, count])
        }
      }
      expect(publication.referrals).toBe(cohort.length)
      check('nationality', ({ countries }, code) =>
        countries.length === 1 ? countries[0] === code : code === (countries.length > 1 ? 'unclear' : 'unknown'),
      )
      check('age', ({ age }, code) => (age === undefined ? code === 'not-specified' : code === String(age)))
      check('sex', ({ sex }, code) => sex === code)
      check('outcome', ({ outcome }, code) => outcome === code)
      check('result', ({ outcome }, code) => (outcome === 'not-located' ? outcome : 'located') === code)
    }

    for (const year of ['2016', '2017']) {
      const columns: Column[] = [...all]
        .filter(([period]) => period.startsWith(year))
        .map(([name, publication]) => ({ name: `${name}:`, isYear: name === year, publication }))
      const known = rangesOf(columns).filter(
        ({ least, greatest }) => Math.floor(greatest + 1e-6) - Math.ceil(least - 1e-6) < 1,
      )
      expect(known).toEqual([])
    }

    const total = (table: keyof Publication['tables'], code: string): number =>
      ['2016', '2017'].reduce((sum, year) => {
        const publication = all.get(year)
        const shown = publication && shownIn(publication, table)[code]
        return sum + (typeof shown === 'number' ? shown : Number.NaN)
      }, 0)
    expect(total('nationality', 'AFG')).toBe(110)
    expect([total('result', 'located'), total('result', 'not-located')]).toEqual([68, 128])
  })
})

test('a quarter is told from an hour after its end; nonsense and what was before the record is not', async () => {
  await refer(rows.slice(0, 6), '2017-11-20T10:00:00Z')
  now = new Date('2018-01-01T00:59:59Z')
  await expect(statistics.of('2017-Q4')).rejects.toMatchObject({ code: 'period-not-ended' })
  await expect(statistics.of('2017')).rejects.toMatchObject({ code: 'period-not-ended' })
  now = new Date('2018-01-01T01:00:00Z')
  expect((await statistics.of('2017-Q4')).publication.referrals).toBe(6)
  expect((await statistics.of('2017')).publication.referrals).toBe(6)
  await expect(statistics.of('2017-Q3')).rejects.toMatchObject({ code: 'not-found' })
  await expect(statistics.of('0000')).rejects.toMatchObject({ code: 'not-found' })
  for (const nonsense of ['', '2017-Q5', '17', '2017-q4', '2017-Q4\n', '20171'])
    await expect(statistics.of(nonsense)).rejects.toMatchObject({ code: 'invalid-request' })
})

test('an empty record has no figures', async () => {
  await expect(statistics.of('2017-Q4')).rejects.toMatchObject({ code: 'not-found' })
})

test('what is told once is told for ever: later messages and erasures change nothing', async () => {
  const located = rows.filter(({ outcome }) => outcome !== 'not-located').slice(0, 8)
  const cases = await refer(located, '2017-11-20T10:00:00Z', ['referral', 'check', 'result'])
  const before = await statistics.of('2017-Q4')
  expect(shownIn(before.publication, 'outcome')['located-not-confirmed']).toBe('suppressed')
  await refer(located, '2017-12-20T10:00:00Z')
  for (const caseId of cases)
    await transaction(parts.database, async (tx) => ({ result: await carryCase(tx, parts.vault, caseId) }))
  await statistics.freeze()
  expect(await statistics.of('2017-Q4')).toEqual(before)
})

test('a case that is erased before its quarter is frozen is carried into its counters, once, and nothing else of it stays', async () => {
  const cases = await refer(rows.slice(0, 30), '2017-11-20T10:00:00Z', ['referral', 'check', 'result', 'outcome'])
  const erased = cases.slice(0, 13)
  for (const caseId of [...erased, ...erased])
    await transaction(parts.database, async (tx) => ({ result: await carryCase(tx, parts.vault, caseId) }))
  const { rows: left } = await parts.database.query(
    'select from case_fact join message on no = message_no where case_id = any($1)',
    [erased],
  )
  expect(left).toEqual([])
  const carried = await statistics.of('2017-Q4')

  const other = await createDatabase()
  try {
    await using whole = await openParts(pki, other.url, registry)
    const past = await openHistory(pki, whole)
    history = past
    await refer(rows.slice(0, 30), '2017-11-20T10:00:00Z', ['referral', 'check', 'result', 'outcome'])
    const { publication } = await openStatistics({ ...whole, now: () => now }).of('2017-Q4')
    expect(carried.publication).toEqual(publication)
  } finally {
    await other.drop()
  }
})

test('an erased case that is referred again is no second case', async () => {
  const [row] = rows
  if (row === undefined) throw new Error('the cohort has children')
  const thread = startThread()
  const referral = cohortSteps(row).filter(({ as }) => as === 'referral')
  const again = async (at: string): Promise<void> => {
    for (const step of referral) await history.tell(thread, step, new Date(at))
  }
  await refer(rows.slice(1, 10), '2017-08-01T10:00:00Z')
  await refer(rows.slice(10, 20), '2017-11-01T10:00:00Z')
  await again('2017-08-01T10:00:00Z')
  await transaction(parts.database, async (tx) => ({
    result: await carryCase(tx, parts.vault, thread.refs.case('child')),
  }))
  await again('2017-11-01T10:00:00Z')
  expect((await statistics.of('2017-Q3')).publication.referrals).toBe(10)
  expect((await statistics.of('2017-Q4')).publication.referrals).toBe(10)
})

test('processes that freeze at the same time do it once', async () => {
  await refer(rows.slice(0, 9), '2017-11-20T10:00:00Z')
  const other = openStatistics({ ...parts, now: () => new Date(now.getTime() + 1) })
  await Promise.all([statistics.freeze(), other.freeze(), statistics.freeze()])
  expect(await statistics.periods()).toEqual(['2017', '2017-Q4'])
  for (const period of ['2017', '2017-Q4']) expect((await statistics.of(period)).publication.referrals).toBe(9)
})

test('nothing of it can be read in the database, and what is moved does not open', async () => {
  const cases = await refer(rows.slice(0, 2), '2017-11-20T10:00:00Z')
  const { rows: facts } = await parts.database.query<{ sealed: Buffer }>('select sealed from case_fact')
  expect(facts.some(({ sealed }) => /nationality|AFG|ERI|male/.test(sealed.toString('latin1')))).toBe(false)
  await parts.database.query(
    `update case_fact set sealed = other.sealed from case_fact other where other.message_no <> case_fact.message_no`,
  )
  await expect(statistics.freeze()).rejects.toThrow('do not open')
  for (const caseId of cases)
    await transaction(parts.database, async (tx) => ({ result: await carryCase(tx, parts.vault, caseId) }))
  expect((await parts.database.query('select from case_fact')).rows, 'it can be erased all the same').toEqual([])
  expect(await statistics.periods()).toEqual([])
})
