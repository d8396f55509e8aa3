/** A calendar quarter or year in UTC: from its first moment to before `end`. */
export type Period = { readonly name: string; readonly start: Date; readonly end: Date }

const PERIOD = /^([0-9]{4})(?:-Q([1-4]))?$/
const MONTHS = 3

/** Reads `2016-Q4` or `2016`; undefined for anything else. */
export function parsePeriod(name: string): Period | undefined {
  const [, year, quarter] = PERIOD.exec(name) ?? []
  if (year === undefined) return undefined
  const first = quarter === undefined ? 0 : (Number(quarter) - 1) * MONTHS
  return {
    name,
    start: month(Number(year), first),
    end: month(Number(year), first + (quarter === undefined ? 12 : MONTHS)),
  }
}

/** `Date.UTC` would take the first hundred years for those of 1900. */
function month(year: number, at: number): Date {
  const date = new Date(0)
  date.setUTCFullYear(year, at, 1)
  return date
}

/** The quarter that a moment is in. */
export function quarterOf(at: Date): Period {
  return quarter(at.getUTCFullYear(), Math.floor(at.getUTCMonth() / MONTHS))
}

/** The quarter after one. */
export const nextQuarter = ({ end }: Period): Period => quarterOf(end)

/** The year that a quarter is in. */
export const yearOf = ({ start }: Period): Period => named(String(start.getUTCFullYear()).padStart(4, '0'))

/** The four quarters of a year. */
export const quartersOf = ({ start }: Period): readonly Period[] =>
  [0, 1, 2, 3].map((at) => quarter(start.getUTCFullYear(), at))

const quarter = (year: number, at: number): Period => named(`${String(year).padStart(4, '0')}-Q${at + 1}`)

function named(name: string): Period {
  const period = parsePeriod(name)
  if (period === undefined) throw new RangeError('no such year')
  return period
}
