import type { Text } from '../../base/base.ts'
import type { Registry } from '../../identity/identity.ts'
import { type AlarmWords, type Overview, wordsOfAlarm } from '../../operations/operations.ts'
import type { StandingAlarm } from '../../record/record.ts'
import { actWords } from './act-words.ts'
import { html, type Html, type Piece } from './html.ts'
import { marked } from './marked.ts'
import { heading } from './table.ts'
import { agencyLink, listing, nothing } from './units.ts'
import type { View } from './view.ts'

const words = {
  alarms: { en: 'Alarms', fr: 'Alarmes' },
  alarmsNone: { en: 'No alarm is on.', fr: 'Aucune alarme n’est active.' },
  alarm: { en: 'Alarm', fr: 'Alarme' },
  means: { en: 'What it means', fr: 'Ce que cela signifie' },
  doThis: { en: 'What to do', fr: 'Que faire' },
  about: { en: 'About', fr: 'Objet' },
  since: { en: 'Since', fr: 'Depuis' },
  seesToIt: { en: 'Who sees to it', fr: 'Qui s’en occupe' },
  nobody: { en: 'nobody yet', fr: 'personne encore' },
} as const satisfies Record<string, Text>

/** The alarms that are on: what each means, what to do, and who sees to it. */
export function alarmPart(
  registry: Registry,
  view: View,
  alarms: Overview['alarms'],
  standing: readonly StandingAlarm[],
): Html {
  const { say } = view
  if (alarms.length === 0) return html`${heading(say(words.alarms))}${nothing(say(words.alarmsNone))}`
  return html`${heading(say(words.alarms))}${listing(
    say(words.alarms),
    [words.alarm, words.means, words.doThis, words.about, words.since, words.seesToIt].map((head) => ({
      title: say(head),
    })),
    alarms.map(({ code, subject, began }) => {
      const known = wordsOfAlarm(code)
      const noted = standing.find((one) => one.code === code && one.subject === subject)
      const { title, meaning, remedy } = known ?? unknownAlarm(code)
      const name = html`<strong>${say(title)}</strong>`
      const about: Piece = registry.agencies.has(subject) ? agencyLink(view, registry, subject) : subject
      return [
        known ? html`<a class="govuk-link" href="/help/alarms/${code}">${name}</a>` : name,
        marked(say(meaning)),
        marked(say(remedy)),
        about,
        view.time(began),
        whoSees(view, noted),
      ]
    }),
  )}`
}

/** Who sees to an alarm; where nobody does, whoever looks may say that they do. It is noted in the record some seconds after it began. */
function whoSees({ say, operator }: View, noted: StandingAlarm | undefined): Piece {
  if (noted?.acknowledgedBy) return noted.acknowledgedBy
  if (noted === undefined || operator.role === 'watch') return say(words.nobody)
  return html`<a class="govuk-link" href="/alarms/${noted.id}/acknowledge">${say(actWords.acknowledge.button)}</a>`
}

const unknownAlarm = (code: string): AlarmWords => ({
  title: { en: code, fr: code },
  meaning: { en: 'Something needs looking at.', fr: 'Quelque chose demande votre attention.' },
  remedy: { en: 'Look it up in the operating handbook.', fr: 'Consultez le manuel d’exploitation.' },
})
