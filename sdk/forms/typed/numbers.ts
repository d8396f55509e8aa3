/** An age as people say it, such as «15», «about 15» or «15 ans»; undefined where there is no number in it, or more than one. */
export function parseNumber(typed: string): number | undefined {
  const numbers = typed.match(/\d+/g) ?? []
  const [only = ''] = numbers
  return numbers.length === 1 && only.length <= 4 && !/[-.,]\d|\d[.,]/.test(typed) ? Number(only) : undefined
}
