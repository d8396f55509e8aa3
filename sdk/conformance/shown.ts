/** What somebody has sent, as a text: itself where it is one, a dash where it is nothing. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '–' : JSON.stringify(value)
}
