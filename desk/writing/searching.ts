/** Finding in a long list, such as the countries, what somebody types a few letters of. */

/** What a long list is made of: a code, what it is called, and by what other names it is found. */
export type Listed = {
  readonly code: string
  readonly says: string
  readonly also?: string | undefined
  readonly lang?: string
}

const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

/** The first of a list that hold what was typed: those that begin with it first, or a word of them. */
export function searched(choices: readonly Listed[], typed: string): readonly Listed[] {
  const wanted = plain(typed.trim())
  if (wanted === '') return []
  const rank = ({ code, says, also = '' }: Listed): number => {
    const names = [plain(says), plain(also)]
    if (code.toLowerCase() === wanted || names.some((name) => name.startsWith(wanted))) return 0
    if (names.some((name) => name.includes(` ${wanted}`) || name.includes(`-${wanted}`))) return 1
    return names.some((name) => name.includes(wanted)) ? 2 : 3
  }
  return choices
    .map((choice) => ({ choice, rank: rank(choice) }))
    .filter(({ rank }) => rank < 3)
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ choice }) => choice)
}
