import type { Language } from '../words/words.ts'

/** How a time is said to somebody: in which language, where, and when. */
export type Here = { readonly language: Language; readonly timeZone: string; readonly now: Date }

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' }

/**
 * A time as people say it, in the time of this device, with its zone: «18:02 (GMT+1)», with the day where it is not today.
 * @returns `day` is empty today
 */
function partsOf(at: Date, { language, timeZone, now }: Here) {
  const dayOf = (date: Date): string => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(date)
  const isToday = dayOf(at) === dayOf(now)
  const isThisYear = dayOf(at).slice(0, 4) === dayOf(now).slice(0, 4)
  const parts = new Intl.DateTimeFormat(locales[language], {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? ''
  const day = isToday
    ? ''
    : new Intl.DateTimeFormat(locales[language], {
        timeZone,
        day: 'numeric',
        month: 'long',
        ...(!isThisYear && { year: 'numeric' }),
      }).format(at)
  return { day, hour: part('hour'), minute: part('minute'), zone: part('timeZoneName') }
}

/** «at 18:02 (GMT+1)», «on 27 November at 18:02 (GMT)»; «à 18 h 02 (UTC+1)», «le 27 novembre à 18 h 02 (UTC+1)». */
export function sayWhen(at: Date, here: Here): string {
  const { day, hour, minute, zone } = partsOf(at, here)
  if (here.language === 'en') return `${day === '' ? '' : `on ${day} `}at ${hour}:${minute} (${zone})`
  return `${day === '' ? '' : `le ${day} `}à ${hour}\u00a0h\u00a0${minute} (${zone})`
}

/** The same, as it stands in a list: «18:02», «27 November, 18:02». */
export function writeWhen(at: Date, here: Here): string {
  const { day, hour, minute } = partsOf(at, here)
  const time = here.language === 'en' ? `${hour}:${minute}` : `${hour}\u00a0h\u00a0${minute}`
  return day === '' ? time : `${day}, ${time}`
}

const MINUTE_MS = 60_000

/** How long it is until a time, in whole minutes, rounded towards the worse; negative once it has passed. */
export const minutesUntil = (at: Date, now: Date): number => Math.floor((at.getTime() - now.getTime()) / MINUTE_MS)

const HOUR = 60
const DAY = 24 * HOUR
const units = {
  en: { minute: ['minute', 'minutes'], hour: ['hour', 'hours'], day: ['day', 'days'] },
  fr: { minute: ['minute', 'minutes'], hour: ['heure', 'heures'], day: ['jour', 'jours'] },
} as const

/** A number of minutes as people say it, in one unit: «12 minutes», «3 heures». Zero and more. */
export function sayLong(minutes: number, language: Language): string {
  const [unit, count] =
    minutes < 2 * HOUR
      ? (['minute', minutes] as const)
      : minutes < 2 * DAY
        ? (['hour', Math.floor(minutes / HOUR)] as const)
        : (['day', Math.floor(minutes / DAY)] as const)
  // In French, nought and one are singular.
  const isOne = language === 'fr' ? count < 2 : count === 1
  return `${count}\u00a0${units[language][unit][isOne ? 0 : 1]}`
}
