/** What a listener's addresses can be asked. */
export type Addresses = {
  add(route: { readonly url: string; readonly method: string | string[] }): void
  /** The methods that the address of a request target has; none where there is no such address. */
  methodsAt(target: string): readonly string[]
}

/** As long as the router takes one. */
export const LONGEST_PARAMETER = 256

/** Remembers a listener's routes, so that a method that no route has is told from an address that does not exist. */
export function createAddresses(): Addresses {
  const routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = []
  return {
    add({ url, method }) {
      const path = url.replaceAll('.', String.raw`\.`).replaceAll(/:[a-zA-Z]+/g, `[^/]{1,${LONGEST_PARAMETER}}`)
      routes.push({ path: new RegExp(`^${path}$`), methods: [method].flat() })
    },
    methodsAt(target) {
      const path = pathOf(target)
      // `*` asks about the server as a whole (RFC 9110, 9.3.7).
      const found = routes.filter((route) => path === '*' || route.path.test(path))
      return [...new Set(found.flatMap(({ methods }) => methods))].toSorted()
    },
  }
}

/**
 * The path of a request target as the router reads it: without scheme and authority (RFC 9112, 3.2.2), up to the query, its
 * escapes read but for those of reserved characters (RFC 3986, 6.2.2.2). Of a target with an escape that is none, what it is.
 */
export function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/.*?\//, '/')
  const [asked = ''] = path.split(/[?#]/, 1)
  try {
    return decodeURI(asked)
  } catch {
    return asked
  }
}
