import { Problem } from './problems.ts'
import type { Text } from '../base/base.ts'

/** Whom a type may come from or go to: agencies with one of these roles, any agency, or any that took part in the case. */
type Parties = readonly string[] | 'any' | 'participant'

export type PathwayRow = {
  readonly type: string
  readonly from: Parties
  readonly to: Parties
  /** Further pairs, each by itself: from each of its senders to each of its recipients, and to nobody else. */
  readonly also: readonly { readonly from: readonly string[]; readonly to: readonly string[] }[]
  /** The types that a message of this one may answer; empty where it answers nothing. */
  readonly answers: readonly string[]
  /** Whether it is always an answer: a `child-found` may also come on its own. */
  readonly answerRequired: boolean
  readonly title: Text
  readonly says: Text
}

/** The table of section 5: which type goes from which role to which, and what it answers. */
export type Pathway = ReadonlyMap<string, PathwayRow>

/** What a reply is checked against: metadata alone, so that it also holds once the contents of the case are erased. */
export type Original = { readonly type: string; readonly caseId: string } | undefined

type Reply = { readonly type: string; readonly caseId: string; readonly inReplyTo?: string }

const NOT_AN_ANSWER: Text = {
  en: 'A message of this type answers nothing: leave inReplyTo out.',
  fr: 'Un message de ce type ne répond à rien : omettre inReplyTo.',
}
const ANSWER_MISSING: Text = {
  en: 'A message of this type is always an answer: inReplyTo is missing.',
  fr: 'Un message de ce type est toujours une réponse : inReplyTo manque.',
}
// One text for all that depends on what is in the record: it must not tell of a message that the sender may not see.
const DOES_NOT_FIT: Text = {
  en: 'The message does not fit this case: what it answers, or who took part in it.',
  fr: 'Le message ne convient pas à ce dossier : vérifier à quoi il répond et qui y a pris part.',
}

/** Takes schemas/pathway.json as parsed, gives the table. Throws an Error that names the row where one is not of the form. */
export function parsePathway(json: unknown): Pathway {
  const rows = isRecord(json) && Array.isArray(json['rows']) ? json['rows'].map(parseRow) : []
  const pathway: Pathway = new Map(rows.map((row) => [row.type, row]))
  if (rows.length === 0 || pathway.size < rows.length) throw new Error('pathway.json: rows are missing or named twice')
  for (const row of rows)
    if (!row.answers.every((type) => pathway.has(type)))
      throw new Error(`pathway.json: ${row.type} answers no known type`)
  return pathway
}

/** Whether the sender's roles allow this type to a recipient with these roles (section 4, `not-permitted`). */
export function isPermitted(
  pathway: Pathway,
  type: string,
  senderRoles: readonly string[],
  recipientRoles: readonly string[],
): boolean {
  const row = pathway.get(type)
  if (row === undefined) return false
  return [row, ...row.also].some(({ from, to }) => includes(from, senderRoles) && includes(to, recipientRoles))
}

/** Whether any type answers this one: only then does `respondBy` mean anything. */
export function isAnswered(pathway: Pathway, type: string): boolean {
  return [...pathway.values()].some(({ answers }) => answers.includes(type))
}

/** Whether only an agency that took part in the case may be party to this type: then `tookPart` must be looked up. */
export function needsParticipation(pathway: Pathway, type: string): boolean {
  const row = pathway.get(type)
  return row?.from === 'participant' || row?.to === 'participant'
}

/**
 * Checks that a message fits its case (section 5): it answers what its type may answer, in the same case, and the parties
 * took part where the type asks for it. `original` is the accepted message whose id is `inReplyTo`, whose `from` is this
 * one's `to` and whose `to` is this one's `from`; `tookPart` is undefined where needsParticipation is false.
 * Throws Problem pathway-violation.
 */
export function checkReply(pathway: Pathway, reply: Reply, original: Original, tookPart: boolean | undefined): void {
  const row = pathway.get(reply.type)
  if (row === undefined) throw new Problem('pathway-violation', DOES_NOT_FIT)
  if (reply.inReplyTo === undefined) {
    if (row.answerRequired) throw new Problem('pathway-violation', ANSWER_MISSING)
  } else {
    if (row.answers.length === 0) throw new Problem('pathway-violation', NOT_AN_ANSWER)
    const fits = original !== undefined && original.caseId === reply.caseId && row.answers.includes(original.type)
    if (!fits) throw new Problem('pathway-violation', DOES_NOT_FIT)
  }
  if (needsParticipation(pathway, reply.type) && tookPart !== true) throw new Problem('pathway-violation', DOES_NOT_FIT)
}

function includes(parties: Parties, roles: readonly string[]): boolean {
  return typeof parties === 'string' || parties.some((role) => roles.includes(role))
}

function parseRow(row: unknown): PathwayRow {
  if (!isRecord(row) || typeof row['type'] !== 'string') throw new Error('pathway.json: a row without a type')
  const { type, from, to, also = [], answers, answerRequired, title, says } = row
  if (!isParties(from) || !isParties(to)) throw new Error(`pathway.json: from or to of ${type}`)
  if (!isPairs(also)) throw new Error(`pathway.json: also of ${type}`)
  if (!isNames(answers) || typeof answerRequired !== 'boolean') throw new Error(`pathway.json: answers of ${type}`)
  if (!isText(title) || !isText(says)) throw new Error(`pathway.json: title or says of ${type}`)
  return { type, from, to, also, answers, answerRequired, title, says }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function isParties(value: unknown): value is Parties {
  return value === 'any' || value === 'participant' || isRoles(value)
}

function isRoles(value: unknown): value is readonly string[] {
  return isNames(value) && value.length > 0
}

function isPairs(value: unknown): value is PathwayRow['also'] {
  const isOne = (pair: unknown): boolean => isRecord(pair) && isRoles(pair['from']) && isRoles(pair['to'])
  return Array.isArray(value) && value.every(isOne)
}

function isText(value: unknown): value is Text {
  return isRecord(value) && typeof value['en'] === 'string' && typeof value['fr'] === 'string'
}
