import { ageOf, member } from './disclosure.ts'
import type { Json } from './json.ts'

/**
 * What the statistics keep of one message (section 11), by its type; of all other types nothing. It is read by the pointers that
 * `schemas/README.md` lists, of a body that its schema accepts, and is sealed wherever it is kept.
 */
export type CaseFact =
  | {
      readonly type: 'referral'
      readonly age?: number
      readonly sex: string
      readonly nationality: string
      readonly concerns: readonly string[]
    }
  | {
      readonly type: 'status-check-result' | 'outcome' | 'safeguarding-confirmation' | 'case-closure'
      readonly code: string
    }
  | { readonly type: 'child-found' }

/** What the statistics count of one case. */
export type CaseFigures = {
  readonly age: string
  readonly sex: string
  readonly nationality: string
  readonly concerns: readonly string[]
  readonly outcome: string
  /** Whole hours from the referral to the first confirmation that the child is safeguarded. */
  readonly hours?: number
}

/** Where each type says how the case stands. */
const CODES = {
  'status-check-result': 'result',
  outcome: 'outcome',
  'safeguarding-confirmation': 'status',
  'case-closure': 'reason',
} as const
/** ICAO Doc 9303: no country is stated. */
const UNSPECIFIED = 'XXX'
const HOUR_MS = 3_600_000

/** Words for what no code list has. */
export const UNKNOWN = 'unknown'
export const UNCLEAR = 'unclear'
export const NOT_SPECIFIED = 'not-specified'
export const ADULT = '18-and-over'
export const LOCATED_NOT_CONFIRMED = 'located-not-confirmed'
export const NO_OUTCOME = 'none'

/** Counted as safeguarded, of the list `safeguardingStatus`. */
const SAFEGUARDED: ReadonlySet<string> = new Set([
  'in-local-authority-care',
  'with-family',
  'police-protection',
  'care-proceedings-begun',
])
/** A case that ended so was none, of the lists `closureReason` and `outcomeCode`. */
const NO_CASE: ReadonlySet<string> = new Set(['duplicate', 'withdrawn-by-referrer', 'opened-in-error', 'withdrawn'])

/** Gives what is kept of a message whose body is valid, or undefined where nothing is. */
export function factOf(type: string, body: Json): CaseFact | undefined {
  if (type === 'child-found') return { type }
  if (type === 'referral') return referralFact(body)
  if (!isCoded(type)) return undefined
  const code = member(body, CODES[type])
  return typeof code === 'string' ? { type, code } : undefined
}

const isCoded = (type: string): type is keyof typeof CODES => Object.hasOwn(CODES, type)

function referralFact(body: Json): CaseFact {
  const child = member(body, 'child')
  const age = ageOf(body)
  const sex = member(child, 'sex')
  return {
    type: 'referral',
    ...(age !== undefined && { age }),
    sex: typeof sex === 'string' ? sex : UNKNOWN,
    nationality: nationalityOf(textsOf(member(child, 'nationalities'), 'country')),
    concerns: textsOf(member(body, 'concerns'), 'code'),
  }
}

/** The texts that the items of a list have under a name, each once. */
function textsOf(list: Json | undefined, name: string): readonly string[] {
  if (!Array.isArray(list)) return []
  const texts = list.map((item: Json) => member(item, name)).filter((text) => typeof text === 'string')
  return [...new Set(texts)]
}

function nationalityOf(countries: readonly string[]): string {
  const stated = countries.filter((country) => country !== UNSPECIFIED)
  return stated.length > 1 ? UNCLEAR : (stated[0] ?? UNKNOWN)
}

/** A fact, and when its message was accepted. */
export type DatedFact = { readonly fact: CaseFact; readonly at: Date }

/**
 * Puts together what the messages of one case say, in the order in which they were accepted. Its first referral gives who the child
 * is, the newest outcome how it ended.
 * @returns undefined for a case without a referral, and for one that was withdrawn, a duplicate or opened in error
 */
export function figuresOf(facts: readonly DatedFact[]): CaseFigures | undefined {
  const first = facts.find(({ fact }) => fact.type === 'referral')
  if (first?.fact.type !== 'referral') return undefined
  const last = (type: string): string | undefined => {
    const newest = facts.findLast(({ fact }) => fact.type === type)?.fact
    return newest !== undefined && 'code' in newest ? newest.code : undefined
  }
  if (NO_CASE.has(last('case-closure') ?? '') || NO_CASE.has(last('outcome') ?? '')) return undefined
  const { age, sex, nationality, concerns } = first.fact
  const hours = hoursToSafety(facts, first.at)
  return {
    age: ageGroup(age),
    sex,
    nationality,
    concerns,
    outcome: last('outcome') ?? (isLocated(facts) ? LOCATED_NOT_CONFIRMED : NO_OUTCOME),
    ...(hours !== undefined && { hours }),
  }
}

const ADULT_YEARS = 18

function ageGroup(age: number | undefined): string {
  if (age === undefined) return NOT_SPECIFIED
  return age < ADULT_YEARS ? String(age) : ADULT
}

/** The newest word of a status check, or of one who found the child. */
function isLocated(facts: readonly DatedFact[]): boolean {
  const newest = facts.findLast(({ fact: { type } }) => type === 'status-check-result' || type === 'child-found')?.fact
  return newest?.type === 'child-found' || (newest !== undefined && 'code' in newest && newest.code === 'located')
}

function hoursToSafety(facts: readonly DatedFact[], since: Date): number | undefined {
  const safe = facts.find(({ fact }) => fact.type === 'safeguarding-confirmation' && SAFEGUARDED.has(fact.code))
  return safe && Math.max(0, Math.round((safe.at.getTime() - since.getTime()) / HOUR_MS))
}
