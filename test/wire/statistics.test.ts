import { afterAll, beforeAll, expect, test } from 'vitest'
import { quarterOf } from '../../gateway/protocol/period.ts'
import type { Publication, Shown } from '../../gateway/protocol/publication.ts'
import { putFigures } from '../support/frozen.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol section 11: the oversight figures, as an operator’s tools get them. */

let gateway: TestGateway
let duty: RawClient
let frozen: Awaited<ReturnType<typeof putFigures>>

beforeAll(async () => {
  gateway = await startGateway()
  duty = await openRawAs(gateway, 'operators/duty/tls', { url: gateway.operationsUrl })
  frozen = await putFigures(gateway.databaseUrl)
})
afterAll(async () => {
  duty[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

type Table = {
  title: { en: string; fr: string }
  cells: { code: string; title: { en: string; fr: string }; count: Shown }[]
}
type Answer = Omit<Publication, 'tables'> & {
  period: string
  frozenAt: string
  tables: Record<keyof Publication['tables'], Table>
}

test.each(['2016-Q4', '2016'] as const)(
  '%s is given as it was frozen, with words in both languages',
  async (period) => {
    const answer = await duty.get(`/api/statistics?period=${period}`)
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
    const { referrals, medianHours, tables, ...rest } = answer.read<Answer>()
    expect(rest).toEqual({ period, frozenAt: '2017-01-01T01:00:00.000Z' })
    expect({ referrals, medianHours }).toEqual({
      referrals: frozen[period].referrals,
      medianHours: frozen[period].medianHours,
    })
    for (const [name, { title, cells }] of Object.entries(tables) as [keyof Publication['tables'], Table][]) {
      expect(cells.map(({ code, count }) => ({ code, count }))).toEqual(frozen[period].tables[name])
      for (const text of [title, ...cells.map((cell) => cell.title)])
        expect([text.en, text.fr].every((words) => words.length > 0)).toBe(true)
    }
    const { AFG } = Object.fromEntries(tables.nationality.cells.map((cell) => [cell.code, cell.title]))
    expect(AFG).toEqual({ en: 'Afghanistan', fr: 'Afghanistan' })
  },
)

test('as CSV, for a link and for who asks for it: the same numbers', async () => {
  const linked = await duty.get('/api/statistics?period=2016-Q4&format=csv')
  const asked = await duty.get('/api/statistics?period=2016-Q4', { accept: 'text/csv' })
  expect(asked.body.toString()).toBe(linked.body.toString())
  expect(linked.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(linked.headers['content-disposition']).toBe('attachment; filename="passerelle-2016-Q4.csv"')
  const [head, ...lines] = linked.body.toString().split('\r\n')
  expect(head).toBe('period,table,code,en,fr,count')
  expect(lines.pop()).toBe('')
  const cells = Object.entries(frozen['2016-Q4'].tables).flatMap(([table, cells]) =>
    cells.map(({ code, count }) => ['2016-Q4', table, code, String(count)]),
  )
  const read = lines.map((line) => [...line.matchAll(/"((?:[^"]|"")*)"/g)].map(([, field = '']) => field))
  expect(read.slice(2).map(([period, table, code, , , count]) => [period, table, code, count])).toEqual(cells)
  expect(read.every((fields) => fields.length === 6 && fields.every((field) => !/^[=+@\t-]/.test(field)))).toBe(true)
  expect(
    (await duty.get('/api/statistics?period=2016-Q4&format=json', { accept: 'text/csv' })).read<Answer>().period,
  ).toBe('2016-Q4')
})

test('what has not ended is refused, what never was is not found, and nonsense is no period', async () => {
  const now = quarterOf(new Date())
  for (const period of [now.name, String(now.start.getUTCFullYear()), '9999'])
    expectProblem(await duty.get(`/api/statistics?period=${period}`), 'period-not-ended')
  for (const period of ['2015', '0001-Q1'])
    expectProblem(await duty.get(`/api/statistics?period=${period}`), 'not-found')
  for (const query of [
    '',
    '?period=',
    '?period=2016-Q5',
    '?period=2016-Q4&period=2016',
    '?period=2016-q4',
    '?period=2016&format=xml',
    '?period=2016&from=2016-10-01',
  ])
    expectProblem(await duty.get(`/api/statistics${query}`), 'invalid-request')
})

test('it is for operators', async () => {
  using agency = await openRawAs(gateway, 'agencies/gb-ctac/tls', { url: gateway.operationsUrl })
  for (const path of ['/api/statistics?period=2016-Q4', '/figures']) expect((await agency.get(path)).status).toBe(401)
})

test('the page has each number of the plots in a table, and says in words what is not told', async () => {
  const page = await duty.get('/figures?period=2016-Q4', { 'accept-language': 'fr' })
  expect(page.status).toBe(200)
  expect(page.body.toString().match(/<svg /g)?.length).toBe(6)
  expect(page.body.toString().match(/<table /g)?.length).toBe(6)
  expect(page.body.toString()).toContain('moins de 5')
  expect((await duty.get('/figures', { 'accept-language': 'en' })).body.toString()).toContain(
    'Nothing can be told of so few children.',
  )
})
