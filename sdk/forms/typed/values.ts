import type { Kind } from '../kind.ts'
import { formatWhen, parseWhen } from './dates.ts'
import { parseNumber } from './numbers.ts'

/** Understands telephone numbers; its tables are large, and loaded by whoever has room for them. */
export type Phones = {
  /** Gives a number in the protocol's form (E.164), undefined where it is none; without a prefix it is of the first country in which it could be. */
  parse(typed: string, countries: readonly ('FR' | 'GB')[]): string | undefined
  /** Gives a number in the international form, with spaces. */
  format(value: string): string
}

/** What it takes to understand what is typed: the time now, and the telephone tables once they are loaded. */
export type Typing = {
  readonly now: Date
  readonly phones?: Phones | undefined
  /** In which country a number without a prefix is, likelier first. */
  readonly countries: readonly ('FR' | 'GB')[]
}

const EXACTNESS = { day: 'day', when: 'when', time: 'time' } as const

/** Takes what was typed; gives the value as the protocol writes it, undefined where it cannot be one (yet). */
export function valueOf(kind: Kind, typed: string, { now, phones, countries }: Typing): string | number | undefined {
  const text = typed.trim()
  if (text === '') return undefined
  if (kind === 'number') return parseNumber(text)
  if (kind === 'phone' && phones !== undefined) return phones.parse(text, countries)
  if (kind === 'day' || kind === 'when' || kind === 'time')
    // What is a whole day alone is a term: it lies ahead.
    return parseWhen(text, EXACTNESS[kind], { now, direction: kind === 'day' ? 'future' : 'past' })
  return kind === 'text' || kind === 'long' ? typed : text
}

/** Gives a value as it is typed. */
export function typedOf(kind: Kind, value: unknown, { phones }: Pick<Typing, 'phones'>): string {
  const text = String(value)
  if (kind === 'day' || kind === 'when' || kind === 'time') return formatWhen(text)
  return kind === 'phone' ? (phones?.format(text) ?? text) : text
}
