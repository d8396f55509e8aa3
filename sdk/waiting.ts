import type { Accepted, Directory } from './answers.ts'
import type { Priority } from './generated/bodies.ts'
import type { Text } from './problem.ts'

type Agency = Pick<Directory['agencies'][number], 'desks' | 'dutyTelephone'>

/** Within so many days the name of a day says which one is meant. */
const WEEK_MS = 6 * 24 * 3_600_000

/**
 * Takes what was sent, the gateway's answer and the recipient's entry in the directory; gives what its author should know at
 * once, where it is urgent and waits for a desk to open (section 7): when that is, in the desk's own time, and what can be done.
 * Nothing where it does not wait, and of what is routine, which is meant to wait.
 */
export function waitingNotice(
  { priority }: { readonly priority: Priority },
  { desk, notBefore }: Pick<Accepted, 'desk' | 'notBefore'>,
  agency: Agency | undefined,
  now: Date,
): Text | undefined {
  if (notBefore === undefined || priority !== 'urgent') return undefined
  const opens = new Date(notBefore)
  const { timeZone } = agency?.desks?.find(({ id }) => id === desk)?.hours ?? { timeZone: 'UTC' }
  const isSoon = opens.getTime() - now.getTime() < WEEK_MS
  const en = openingIn('en-GB', opens, timeZone, isSoon)
  const fr = openingIn('fr-FR', opens, timeZone, isSoon)
  const telephone = agency?.dutyTelephone
  const [place, lieu] = timeZone === 'UTC' ? ['UTC', 'UTC'] : ['local time there', 'heure locale']
  return {
    en: `The desk opens on ${en.day} at ${en.hour}${en.minute === '00' ? '' : `:${en.minute}`} (${place}): ${telephone === undefined ? '' : `ring ${telephone}, or `}send it as immediate.`,
    fr: `Le service ouvre ${fr.day} à ${fr.hour}\u00a0h${fr.minute === '00' ? '' : `\u00a0${fr.minute}`} (${lieu})\u00a0: ${telephone === undefined ? '' : `appelez le ${telephone}, ou `}envoyez-le comme message à traiter immédiatement.`,
  }
}

/** The day, with its date where the name of a day is not enough, and the time of day, as they stand where the desk is. */
function openingIn(locale: string, at: Date, timeZone: string, isSoon: boolean) {
  const date = isSoon ? {} : ({ day: 'numeric', month: 'long' } as const)
  const day = new Intl.DateTimeFormat(locale, { timeZone, weekday: 'long', ...date }).format(at)
  const parts = new Intl.DateTimeFormat(locale, {
    timeZone,
    hour: 'numeric',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? ''
  return { day, hour: String(Number(part('hour'))), minute: part('minute') }
}
