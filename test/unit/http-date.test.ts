import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseHttpDate } from '../../gateway/delivery/http-date.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number, fill = '0'): string => String(value).padStart(2, fill)

const dates = fc.date({ min: new Date('1990-01-01'), max: new Date('2150-01-01'), noInvalidDate: true })

test('each of the three forms is read as the time that it says', () => {
  fc.assert(
    fc.property(dates, dates, (any, now) => {
      const date = new Date(Math.floor(any.getTime() / 1000) * 1000)
      const [day = '', month = ''] = [DAYS[date.getUTCDay()], MONTHS[date.getUTCMonth()]]
      const time = date.toISOString().slice(11, 19)
      expect(parseHttpDate(date.toUTCString(), now)).toEqual(date)
      const asctime = `${day.slice(0, 3)} ${month} ${two(date.getUTCDate(), ' ')} ${time} ${date.getUTCFullYear()}`
      expect(parseHttpDate(asctime, now)).toEqual(date)
      const rfc850 = `${day}, ${two(date.getUTCDate())}-${month}-${two(date.getUTCFullYear() % 100)} ${time} GMT`
      const read = parseHttpDate(rfc850, now)
      if (Math.abs(date.getUTCFullYear() - now.getUTCFullYear()) < 50) expect(read).toEqual(date)
      else if (read) expect(Math.abs(read.getUTCFullYear() - now.getUTCFullYear())).toBeLessThanOrEqual(50)
    }),
  )
})

test('what is no HTTP date is none', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseHttpDate(text, new Date(0))).toBeUndefined()
    }),
  )
  for (const text of ['fri, 06 Jan 2017 19:00:00 GMT', 'Fri, 6 Jan 2017 19:00:00 GMT', '2017-01-06T19:00:00Z'])
    expect(parseHttpDate(text, new Date(0))).toBeUndefined()
})
