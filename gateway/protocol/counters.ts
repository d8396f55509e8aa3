import {
  ADULT,
  type CaseFigures,
  LOCATED_NOT_CONFIRMED,
  NO_OUTCOME,
  NOT_SPECIFIED,
  UNCLEAR,
  UNKNOWN,
} from './case-facts.ts'
import type { Catalogue } from './catalogue.ts'

/** How many cases each code has; a code without any may be left out. */
export type Counts = Readonly<Record<string, number>>

/** What is counted of the cases of a quarter. Each case has one code of each figure; of concerns one or more. */
export type Counters = { readonly referrals: number; readonly hours: Counts } & Readonly<Record<Figure, Counts>>

export const figures = ['outcome', 'nationality', 'age', 'sex', 'concern'] as const
export type Figure = (typeof figures)[number]

/** The counters of one case. */
export function countersOf({ outcome, nationality, age, sex, concerns, hours }: CaseFigures): Counters {
  return {
    referrals: 1,
    outcome: { [outcome]: 1 },
    nationality: { [nationality]: 1 },
    age: { [age]: 1 },
    sex: { [sex]: 1 },
    concern: Object.fromEntries(concerns.map((concern) => [concern, 1])),
    hours: hours === undefined ? {} : { [hours]: 1 },
  }
}

/** Adds counters up: those of cases to those of a quarter, those of quarters to those of a year. */
export function addCounters(all: readonly Counters[]): Counters {
  const sum = (name: Figure | 'hours'): Counts => {
    const counts = new Map<string, number>()
    for (const { [name]: some } of all)
      for (const [code, count] of Object.entries(some)) counts.set(code, (counts.get(code) ?? 0) + count)
    return Object.fromEntries(counts)
  }
  return {
    referrals: all.reduce((total, { referrals }) => total + referrals, 0),
    outcome: sum('outcome'),
    nationality: sum('nationality'),
    age: sum('age'),
    sex: sum('sex'),
    concern: sum('concern'),
    hours: sum('hours'),
  }
}

/** The median of the hours, the higher of two; undefined where there are fewer than `least`. */
export function medianHours({ hours }: Pick<Counters, 'hours'>, least: number): number | undefined {
  const sorted = Object.entries(hours)
    .map(([hour, count]) => [Number(hour), count] as const)
    .toSorted(([a], [b]) => a - b)
  const total = sorted.reduce((sum, [, count]) => sum + count, 0)
  let seen = 0
  if (total >= least)
    for (const [hour, count] of sorted) {
      seen += count
      if (seen > total / 2) return hour
    }
  return undefined
}

/** The codes that each figure lists, whether they occur or not. Of nationalities those that occur are listed. */
export type Lists = Readonly<Record<Exclude<Figure, 'nationality'>, readonly string[]>>

const AGES = 18
/** An outcome that means that there was no case. */
const WITHDRAWN = 'withdrawn'

/** Takes the code lists of the newest release, gives those of the figures. */
export function listsOf({ codes }: Pick<Catalogue, 'codes'>): Lists {
  return {
    outcome: [...[...codes('outcomeCode')].filter((code) => code !== WITHDRAWN), LOCATED_NOT_CONFIRMED, NO_OUTCOME],
    age: [...Array.from({ length: AGES }, (_, years) => String(years)), ADULT, NOT_SPECIFIED],
    sex: [...codes('sex')],
    concern: [...codes('concern')],
  }
}

/** Which result each outcome belongs to. One that a later release has is a result of its own. */
const RESULTS: Readonly<Record<string, string>> = {
  'in-local-authority-care': 'located',
  'with-family': 'located',
  [LOCATED_NOT_CONFIRMED]: 'pending',
  [NO_OUTCOME]: 'pending',
}
export const resultOf = (outcome: string): string => RESULTS[outcome] ?? outcome

/** How many cases each result has. */
export function resultsIn({ outcome }: Pick<Counters, 'outcome'>): Counts {
  const counts = new Map<string, number>()
  for (const [code, count] of Object.entries(outcome))
    counts.set(resultOf(code), (counts.get(resultOf(code)) ?? 0) + count)
  return Object.fromEntries(counts)
}

/** In a table's order, what stands last: what is not known. */
export const LAST: readonly string[] = [UNCLEAR, UNKNOWN]
