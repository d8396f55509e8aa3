import type { Finding, Text } from './finding.ts'
import type { Round } from './round.ts'

const words = {
  alarm: { en: 'ALARM', fr: 'ALARME' },
  news: { en: 'news', fr: 'nouvelle' },
  well: { en: 'nothing is wrong', fr: 'rien d’anormal' },
  wrong: { en: 'something has to be seen to', fr: 'quelque chose est à examiner' },
  leaves: { en: 'leaves', fr: 'feuilles' },
} as const satisfies Readonly<Record<string, Text>>

export const isWrong = ({ findings }: Pick<Round, 'findings'>): boolean =>
  findings.some(({ severity }) => severity === 'alarm')

/** For a person: a line for each finding, alarms first, and one that sums up. */
export function describe(round: Omit<Round, 'state'>, language: keyof Text, at: Date): string {
  const lines = [...ofSeverity(round, 'alarm'), ...ofSeverity(round, 'news')].map(
    ({ severity, code, text }) => `${words[severity][language]} ${code}: ${text[language]}`,
  )
  const sum = words[isWrong(round) ? 'wrong' : 'well'][language]
  return [...lines, `${at.toISOString()} ${round.origin} ${round.size} ${words.leaves[language]}: ${sum}`, ''].join(
    '\n',
  )
}

/** For a program: one line of JSON a look, with both languages. */
export function toJson({ origin, size, findings }: Omit<Round, 'state'>, at: Date): string {
  const wrong = findings.some(({ severity }) => severity === 'alarm')
  return `${JSON.stringify({ at: at.toISOString(), origin, size, wrong, findings })}\n`
}

const ofSeverity = ({ findings }: Pick<Round, 'findings'>, severity: Finding['severity']): readonly Finding[] =>
  findings.filter((one) => one.severity === severity)
