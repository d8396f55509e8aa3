import { routes, type Route } from './routes.ts'

/** What stands in the address: a row of the table, and the opaque ids in it. */
export type Found = { readonly route: Route; readonly params: Readonly<Record<string, string>> }

/** Takes a fragment, such as `#/write/x`; gives the screen; nothing where there is none. */
export function findRoute(fragment: string, table: readonly Route[] = routes): Found | undefined {
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
