/** Dates and times as people type them, in English or in French, the day before the month; and back again. */

/** Whether a day without a year, or the name of a day, means the last one or the next. */
export type Direction = 'past' | 'future'
/** How exact it may be: a whole day, a day or less of it, or an hour, too. */
export type Exactness = 'day' | 'when' | 'time'

type Day = { readonly year: number; readonly month: number; readonly day: number }

const MONTHS = [
  ['january', 'jan', 'janvier', 'janv'],
  ['february', 'feb', 'fevrier', 'fevr', 'fev'],
  ['march', 'mar', 'mars'],
  ['april', 'apr', 'avril', 'avr'],
  ['may', 'mai'],
  ['june', 'jun', 'juin'],
  ['july', 'jul', 'juillet', 'juil'],
  ['august', 'aug', 'aout'],
  ['september', 'sept', 'sep', 'septembre'],
  ['october', 'oct', 'octobre'],
  ['november', 'nov', 'novembre'],
  ['december', 'dec', 'decembre'],
]
const DAYS = [
  ['sunday', 'sun', 'dimanche', 'dim'],
  ['monday', 'mon', 'lundi', 'lun'],
  ['tuesday', 'tue', 'tues', 'mardi'],
  ['wednesday', 'wed', 'mercredi', 'mer'],
  ['thursday', 'thu', 'thurs', 'jeudi', 'jeu'],
  ['friday', 'fri', 'vendredi', 'ven'],
  ['saturday', 'sat', 'samedi', 'sam'],
]
/** How many days from today. */
const RELATIVE: Readonly<Record<string, number>> = {
  'day before yesterday': -2,
  'the day before yesterday': -2,
  'avant-hier': -2,
  'avant hier': -2,
  yesterday: -1,
  'last night': -1,
  hier: -1,
  today: 0,
  tonight: 0,
  'this morning': 0,
  "aujourd'hui": 0,
  aujourdhui: 0,
  'ce matin': 0,
  'ce soir': 0,
  tomorrow: 1,
  demain: 1,
}
const [FIRST_YEAR, LAST_YEAR] = [1900, 2199]
const AGO = /^(?:(\d{1,3}) (days?|weeks?) ago|il y a (\d{1,3}) (jours?|semaines?))$/
const AHEAD = /^(?:in|dans) (\d{1,3}) (days?|weeks?|jours?|semaines?)$/
const DAY_MONTH_YEAR = /^(\d{1,2})(?:[/.-](\d{1,2}))(?:[/.-](\d{2}|\d{4}))?$/
const MONTH_YEAR = /^(\d{1,2})[/.-](\d{4})$/
const ISO = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/
const ISO_TIME = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?z$/
const WORDS = /^(?:(\d{1,2})(?:st|nd|rd|th|er)?(?: of)? )?([a-z]+)\.?(?:,? (\d{4}))?$/
const CLOCK =
  /(?:^|[ ,]+)(?:(?:at|a|vers|around|about) )?(?:(\d{1,2})(?::|\.| ?h ?)(\d{2})?(?::(\d{2}))?|(\d{1,2})(?=(?: ?[ap]m)$))(?: ?([ap])m)?$/

/**
 * Takes what was typed, how exact it may be and the time now, in whose zone the hours are; gives it as the protocol writes it (`2017`, `2017-11`,
 * `2017-11-03`, or a time in UTC), undefined where it is no date.
 */
export function parseWhen(
  typed: string,
  exactness: Exactness,
  { now, direction = 'past' }: { readonly now: Date; readonly direction?: Direction },
): string | undefined {
  const text = plain(typed)
  if (exactness !== 'day' && ISO_TIME.test(text)) return text.toUpperCase()
  const clock = exactness === 'day' ? null : CLOCK.exec(text)
  const date = (clock === null ? text : text.slice(0, clock.index)).trim()
  if (clock === null) {
    const found = parseDate(date, now, direction)
    return found === undefined || (exactness !== 'when' && found.length < 10) || exactness === 'time'
      ? undefined
      : found
  }
  const day = date === '' ? written(dayOf(now)) : parseDate(date, now, direction)
  return day?.length === 10 ? inUtc(day, clock) : undefined
}

/** Without accents, capitals and other apostrophes. */
function plain(typed: string): string {
  return typed
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('’', "'")
    .replaceAll(/[\s\u00a0\u202f]+/g, ' ')
    .trim()
    .toLowerCase()
}

function parseDate(text: string, now: Date, direction: Direction): string | undefined {
  const today = dayOf(now)
  const away = RELATIVE[text] ?? daysAway(text)
  if (away !== undefined) return written(moved(today, away))
  const weekday = DAYS.findIndex((names) =>
    names.includes(text.replace(/^(?:last|on|next) | (?:dernier|prochain)$/g, '')),
  )
  if (weekday >= 0) return written(nearest(today, weekday, /^next | prochain$/.test(text) ? 'future' : direction))
  const iso = ISO.exec(text)
  if (iso !== null) return checked(Number(iso[1]), numbered(iso[2]), numbered(iso[3]))
  const month = MONTH_YEAR.exec(text)
  if (month !== null) return checked(Number(month[2]), Number(month[1]))
  const full = DAY_MONTH_YEAR.exec(text)
  if (full !== null) return completed(Number(full[1]), Number(full[2]), yearOf(full[3], today), today, direction)
  const said = WORDS.exec(text)
  const named = MONTHS.findIndex((names) => names.includes(said?.[2] ?? ''))
  if (said === null || named < 0) return undefined
  if (said[1] !== undefined) return completed(Number(said[1]), named + 1, numbered(said[3]), today, direction)
  const year = numbered(said[3]) ?? today.year - (direction === 'past' && named + 1 > today.month ? 1 : 0)
  return checked(year, named + 1)
}

function daysAway(text: string): number | undefined {
  const [ago, ahead] = [AGO.exec(text), AHEAD.exec(text)]
  const count = Number(ago?.[1] ?? ago?.[3] ?? ahead?.[1] ?? Number.NaN)
  const unit = ago?.[2] ?? ago?.[4] ?? ahead?.[2] ?? ''
  const days = count * (/^[ws]/.test(unit) ? 7 : 1)
  return Number.isNaN(days) ? undefined : ago === null ? days : -days
}

const numbered = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

/** 17 is 2017; 99 is 1999, for nobody means a day twenty years from now. */
function yearOf(text: string | undefined, today: Day): number | undefined {
  if (text?.length !== 2) return numbered(text)
  const year = Math.floor(today.year / 100) * 100 + Number(text)
  return year > today.year + 20 ? year - 100 : year
}

/** Where no year was typed: the last day of that name, or the next. */
function completed(day: number, month: number, year: number | undefined, today: Day, direction: Direction) {
  if (year !== undefined) return checked(year, month, day)
  const order = (month - today.month) * 31 + day - today.day
  return checked(today.year + (direction === 'past' ? (order > 0 ? -1 : 0) : order < 0 ? 1 : 0), month, day)
}

/** As it is written, where there is such a day. */
function checked(year: number, month?: number, day?: number): string | undefined {
  if (year < FIRST_YEAR || year > LAST_YEAR) return undefined
  if (month === undefined) return String(year)
  if (month < 1 || month > 12) return undefined
  if (day === undefined) return `${year}-${two(month)}`
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? `${year}-${two(month)}-${two(day)}` : undefined
}

const two = (value: number): string => String(value).padStart(2, '0')
const dayOf = (now: Date): Day => ({ year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() })
const written = ({ year, month, day }: Day): string | undefined => checked(year, month, day)

function moved({ year, month, day }: Day, days: number): Day {
  const date = new Date(Date.UTC(year, month - 1, day + days))
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

function nearest(today: Day, weekday: number, direction: Direction): Day {
  const now = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay()
  const ahead = (weekday - now + 7) % 7
  return moved(today, direction === 'past' ? ahead - (ahead === 0 ? 0 : 7) : ahead)
}

function inUtc(
  day: string,
  [, hours, minutes = '0', seconds = '0', hourAlone, half]: RegExpExecArray,
): string | undefined {
  const typed = Number(hours ?? hourAlone)
  if (half !== undefined && (typed < 1 || typed > 12)) return undefined
  const hour = half === undefined ? typed : (typed % 12) + (half === 'p' ? 12 : 0)
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return `${new Date(year, month - 1, date, hour, Number(minutes), Number(seconds)).toISOString().slice(0, 19)}Z`
}

/** Gives a date of the protocol as it is typed: `3/11/2017`, `11/2017`, `3/11/2017 18:02`. */
export function formatWhen(value: string): string {
  if (!value.includes('T')) {
    const [year, month, day] = value.split('-')
    return [day, month, year].flatMap((part) => (part === undefined ? [] : [part.replace(/^0/, '')])).join('/')
  }
  const at = new Date(value)
  // What a clock does not show is kept as it came.
  if (Number.isNaN(at.getTime()) || value.includes('.')) return value
  const seconds = at.getSeconds() === 0 ? '' : `:${two(at.getSeconds())}`
  return `${at.getDate()}/${at.getMonth() + 1}/${at.getFullYear()} ${two(at.getHours())}:${two(at.getMinutes())}${seconds}`
}

/** Gives a date of the protocol in words, so that nobody takes the day for the month. */
export function sayWhen(value: string, language: 'en' | 'fr'): string {
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB'
  const say = (options: Intl.DateTimeFormatOptions, at: Date): string =>
    new Intl.DateTimeFormat(locale, options).format(at)
  if (value.includes('T'))
    return say(
      { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
      new Date(value),
    )
  const year = { year: 'numeric', timeZone: 'UTC' } as const
  if (value.length === 4) return value
  if (value.length === 7) return say({ ...year, month: 'long' }, new Date(`${value}-01T00:00:00Z`))
  return say({ ...year, weekday: 'long', day: 'numeric', month: 'long' }, new Date(`${value}T00:00:00Z`))
}
