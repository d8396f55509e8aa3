/** What stands in the address: a row of a table of screens, and the opaque ids in its path. */
export type Found<Row> = { readonly route: Row; readonly params: Readonly<Record<string, string>> }

/** Takes a fragment, such as `#/write/x`, and a table; gives the first row that fits; nothing where none does. */
export function findRoute<Row extends { readonly path: string }>(
  fragment: string,
  table: readonly Row[],
): Found<Row> | undefined {
  const path = fragment.replace(/^#/, '') || '/'
  for (const route of table) {
    const params = match(route.path, path)
    if (params !== undefined) return { route, params }
  }
  return undefined
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [at, part] of wanted.entries()) {
    const piece = given[at] ?? ''
    if (part.startsWith(':') && piece !== '') params[part.slice(1)] = piece
    else if (part !== piece) return undefined
  }
  return params
}
