import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextQuarter, parsePeriod, quarterOf, quartersOf, yearOf } from '../../gateway/protocol/period.ts'

/** Calendar quarters and years in UTC. */

test.each([
  ['2016-Q4', '2016-10-01T00:00:00.000Z', '2017-01-01T00:00:00.000Z'],
  ['2016-Q1', '2016-01-01T00:00:00.000Z', '2016-04-01T00:00:00.000Z'],
  ['2016', '2016-01-01T00:00:00.000Z', '2017-01-01T00:00:00.000Z'],
  ['0016', '0016-01-01T00:00:00.000Z', '0017-01-01T00:00:00.000Z'],
])('%s', (name, start, end) => {
  const period = parsePeriod(name)
  expect([period?.name, period?.start.toISOString(), period?.end.toISOString()]).toEqual([name, start, end])
})

test.each(['', '2016-Q0', '2016-Q5', '2016Q4', '2016-q4', '16', '20161', '2016-10', ' 2016', '2016\n', '२०१६'])(
  '%j is no period',
  (name) => expect(parsePeriod(name)).toBeUndefined(),
)

test('a moment is in one quarter, that quarter in one year, and quarters follow each other without a gap', () => {
  const moment = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9998-12-31T23:59:59Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(moment, (at) => {
      const quarter = quarterOf(at)
      expect(at >= quarter.start && at < quarter.end).toBe(true)
      expect(nextQuarter(quarter).start).toEqual(quarter.end)
      const year = yearOf(quarter)
      const quarters = quartersOf(year)
      expect(quarters.map(({ name }) => name)).toContain(quarter.name)
      expect([quarters[0]?.start, quarters[3]?.end]).toEqual([year.start, year.end])
    }),
  )
})
