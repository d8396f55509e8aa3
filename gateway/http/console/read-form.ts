import type { Text } from '../../base/base.ts'
import { type ActName, acts, type Decision, type ReasonCode } from '../../operations/operations.ts'
import { type FormFault, hasList, longest, type Typed } from './act-form.ts'

const faults = {
  code: { en: 'Choose one of the reasons', fr: 'Choisissez l’une des raisons' },
  empty: { en: 'Write a few words', fr: 'Écrivez quelques mots' },
  rang: {
    en: 'Write the time as hours and minutes, for example 03:12',
    fr: 'Écrivez l’heure en heures et minutes, par exemple 03:12',
  },
  early: { en: 'The time is before the message came', fr: 'Cette heure précède l’arrivée du message' },
} as const satisfies Record<string, Text>

const tooLong = (most: number): Text => ({
  en: `Write at most ${most} characters`,
  fr: `Écrivez ${most} caractères au plus`,
})

/** What a form says, or what is wrong with it. */
export type Read =
  | { readonly faults: readonly FormFault[] }
  | { readonly faults?: undefined; readonly decision: Omit<Decision, 'operator' | 'id'> }

/** @param since before then nobody can have telephoned about it */
export function readForm(
  name: ActName,
  typed: Typed,
  { timeZone, now, since }: { readonly timeZone: string; readonly now: Date; readonly since: Date | undefined },
): Read {
  // A text area sends each end of a line as two characters.
  const reason = (typed.reason ?? '').replaceAll('\r\n', '\n').trim()
  const code = acts[name].reasons.find((one) => one === typed.code)
  const rangAt = name === 'telephoned' ? findTime(typed.rang ?? '', timeZone, now) : undefined
  const found: FormFault[] = []
  if (name === 'telephoned' && rangAt === undefined) found.push({ field: 'rang', says: faults.rang })
  if (rangAt && since && rangAt < startOfMinute(since)) found.push({ field: 'rang', says: faults.early })
  if (hasList(name) && code === undefined) found.push({ field: 'code', says: faults.code })
  if (reason === '') found.push({ field: 'reason', says: faults.empty })
  if (reason.length > longest(name)) found.push({ field: 'reason', says: tooLong(longest(name)) })
  if (found.length > 0) return { faults: found }
  const given: { code?: ReasonCode } = code === undefined ? {} : { code }
  return { decision: { reason, ...given, ...(rangAt && { rangAt: since && rangAt < since ? since : rangAt }) } }
}

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60
const startOfMinute = (at: Date): Date => new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS)

/** A time of day in a zone, hours and minutes. */
export const timeOfDay = (at: Date, timeZone: string): string =>
  at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone })

/** The last minute within a day at which the clocks of a zone showed this time. */
function findTime(text: string, timeZone: string, now: Date): Date | undefined {
  const [, hours, minutes] = /^\s*(\d{1,2})\s*[:.h]\s*(\d{2})\s*$/.exec(text) ?? []
  if (hours === undefined) return undefined
  const wanted = `${hours.padStart(2, '0')}:${minutes}`
  const last = startOfMinute(now).getTime()
  for (let ago = 0; ago < DAY_MINUTES; ago++) {
    const at = new Date(last - ago * MINUTE_MS)
    if (timeOfDay(at, timeZone) === wanted) return at
  }
  return undefined
}
