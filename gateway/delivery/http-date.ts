const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const month = `(?<month>${MONTHS.join('|')})`
const time = '(?<hour>[0-2]\\d):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)'
const day = '(?<day>\\d{2})'
const short = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const long = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)'

/** The three forms that a recipient must take (RFC 9110, 5.6.7); the first is the one that senders may still make. */
const FORMS = [
  `${short}, ${day} ${month} (?<year>\\d{4}) ${time} GMT`,
  `${long}, ${day}-${month}-(?<year>\\d{2}) ${time} GMT`,
  `${short} ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`))

/** Reads an HTTP date; a year of two digits is the one with them that is not more than 50 years ahead. Nothing where it is none. */
export function parseHttpDate(text: string, now: Date): Date | undefined {
  const parts = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined)
  if (parts === undefined) return undefined
  const { year = '', month: name = '', day: dayOfMonth, hour, minute, second } = parts
  const inMonth = Number(dayOfMonth)
  const monthNo = MONTHS.indexOf(name)
  const fullYear = year.length === 2 ? nearest(Number(year), now.getUTCFullYear()) : Number(year)
  const midnight = new Date(Date.UTC(2000, monthNo, inMonth))
  midnight.setUTCFullYear(fullYear, monthNo, inMonth)
  // A day that the month has not would be one of the next.
  if (midnight.getUTCDate() !== inMonth || Number(hour) > 23) return undefined
  return new Date(midnight.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000)
}

function nearest(lastDigits: number, thisYear: number): number {
  const inThisCentury = thisYear - (thisYear % 100) + lastDigits
  if (inThisCentury > thisYear + 50) return inThisCentury - 100
  return inThisCentury < thisYear - 50 ? inThisCentury + 100 : inThisCentury
}
