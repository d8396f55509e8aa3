import { distance } from 'fastest-levenshtein'
import type { Text } from '../base/base.ts'

/** A list of codes, as its schema has it. */
export type CodeList = {
  readonly enum: readonly unknown[]
  readonly 'x-enumTitles'?: Readonly<Record<string, Partial<Text>>>
}

/** More would be a list again. */
const MOST = 3
/** Whoever typed more than this did not mean a code; what is compared is bounded by it. */
const LONGEST = 48
/** One slip in so many letters, and no more than these. */
const LETTERS_A_SLIP = 4
const MOST_SLIPS = 3

type Known = { readonly code: string; readonly spelt: string; readonly said: readonly string[] }
/** Lists are few, and live as long as their schemas. */
const known = new WeakMap<readonly unknown[], readonly Known[]>()

/**
 * Gives the codes of a list that somebody may have meant by a value, the nearest first, at most three: the code in another spelling, the code of
 * that title in either language, one that begins so, or one that is a slip or two away. They are codes of the list, and nothing of the value.
 */
export function nearestCodes(value: unknown, list: CodeList): readonly string[] {
  if (typeof value !== 'string' || value.length > LONGEST) return []
  const typed = plain(value)
  if (typed === '') return []
  const near: { readonly code: string; readonly far: number }[] = []
  for (const { code, spelt, said } of knownOf(list)) {
    const far = farness(typed, spelt, said)
    if (far !== undefined) near.push({ code, far })
  }
  return near
    .toSorted((a, b) => a.far - b.far)
    .slice(0, MOST)
    .map(({ code }) => code)
}

function knownOf(list: CodeList): readonly Known[] {
  const made = known.get(list.enum)
  if (made !== undefined) return made
  const codes = list.enum.map(String).map((code) => {
    const { en = '', fr = '' } = list['x-enumTitles']?.[code] ?? {}
    return { code, spelt: plain(code), said: [plain(en), plain(fr)] }
  })
  known.set(list.enum, codes)
  return codes
}

/** How far a code is from what was typed: 0 where it is the same but for its spelling; undefined where it is another. */
function farness(typed: string, spelt: string, said: readonly string[]): number | undefined {
  if (typed === spelt) return 0
  if (said.includes(typed)) return 0
  if (spelt.startsWith(typed) || typed.startsWith(spelt)) return 1
  const slips = Math.min(MOST_SLIPS, Math.floor(typed.length / LETTERS_A_SLIP))
  if (Math.abs(typed.length - spelt.length) > slips) return undefined
  const slipped = distance(typed, spelt)
  return slipped <= slips ? 1 + slipped : undefined
}

/** Letters and digits alone, in lower case and without accents. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}
