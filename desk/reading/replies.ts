import type { Text } from '../../sdk/browser.ts'

/** One row of `schemas/pathway.json`. */
export type PathwayRow = {
  readonly type: string
  readonly from: readonly string[] | string
  readonly to: readonly string[] | string
  readonly also?: readonly { readonly from: readonly string[]; readonly to: readonly string[] }[]
  readonly answers: readonly string[]
  readonly answerRequired: boolean
  readonly title: Text
  readonly says: Text
}

/** A type that may be written to somebody; `answers` where it is the answer to what was received. */
export type Writable = { readonly type: string; readonly title: Text; readonly says: Text; readonly answers: boolean }

const holds = (parties: readonly string[] | string, roles: readonly string[]): boolean =>
  // «any» is whoever the directory has; «participant» whoever took part in the case, as one who has sent a message of it has.
  typeof parties === 'string' || parties.some((role) => roles.includes(role))

/** Whether roles may send a type to roles (protocol section 5). */
export function maySend(row: PathwayRow, from: readonly string[], to: readonly string[]): boolean {
  return [row, ...(row.also ?? [])].some((pair) => holds(pair.from, from) && holds(pair.to, to))
}

/**
 * What may be written about a case to its other side: the answers to a message first, then all other types that the pathway allows, without those that must answer something
 * else. @param received the type of the message that is answered, or none
 */
export function writable(
  rows: readonly PathwayRow[],
  from: readonly string[],
  to: readonly string[],
  received?: string,
): readonly Writable[] {
  const allowed = rows.filter((row) => maySend(row, from, to))
  const isAnswer = ({ answers }: PathwayRow): boolean => received !== undefined && answers.includes(received)
  const shown = allowed.filter((row) => isAnswer(row) || !row.answerRequired)
  return shown
    .map((row) => ({ type: row.type, title: row.title, says: row.says, answers: isAnswer(row) }))
    .toSorted((one, other) => Number(other.answers) - Number(one.answers))
}

/** Whether anybody answers a type: of what was sent, it is waited for. */
export const isAnswered = (rows: readonly PathwayRow[], type: string): boolean =>
  rows.some(({ answers }) => answers.includes(type))

/** What is offered about a case that one has written about, as what it is: a new message of the case. */
export type FollowUp = {
  readonly key: 'correct' | 'withdraw' | 'seen-again' | 'died'
  readonly type: string
  /** What its draft begins with: which message it is about, and in which language it is written. */
  readonly body: (messageId: string, language: 'en' | 'fr') => Readonly<Record<string, unknown>>
}

/** What a withdrawal says; its reason is to be added. */
const WITHDRAWN = {
  en: 'We withdraw this message. Please close the case. Reason: ',
  fr: 'Nous retirons ce message. Merci de clore le dossier. Motif\u00a0: ',
} as const

const FOLLOW_UPS: readonly FollowUp[] = [
  {
    key: 'correct',
    type: 'safeguarding-information',
    body: (corrects) => ({ purpose: 'correction', corrects, confirmationWanted: false }),
  },
  {
    key: 'seen-again',
    type: 'safeguarding-information',
    body: () => ({ purpose: 'child-seen-in-france', confirmationWanted: false }),
  },
  {
    key: 'died',
    type: 'safeguarding-information',
    body: () => ({ purpose: 'death-notice', confirmationWanted: false }),
  },
  // The coordinator closes the case then, as withdrawn by who opened it.
  {
    key: 'withdraw',
    type: 'safeguarding-information',
    body: (corrects, language) => ({
      purpose: 'correction',
      corrects,
      summary: { text: WITHDRAWN[language], language },
      confirmationWanted: false,
    }),
  },
]

/** Which of these the pathway allows. */
export function followUps(
  rows: readonly PathwayRow[],
  from: readonly string[],
  to: readonly string[],
): readonly FollowUp[] {
  return FOLLOW_UPS.filter(({ type }) => rows.some((row) => row.type === type && maySend(row, from, to)))
}
