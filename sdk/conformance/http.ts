import type { IncomingMessage, ServerResponse } from 'node:http'

/** What a client asks the scripted gateway for, by the calls of the protocol. */
export type Route =
  | 'wellKnown'
  | 'directory'
  | 'schemas'
  | 'submit'
  | 'status'
  | 'feed'
  | 'inbox'
  | 'read'
  | 'acknowledge'
  | 'put'
  | 'fetch'
  | 'other'

export type Asked = {
  readonly route: Route
  /** By the runner's clock. */
  readonly at: number
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** The parts of the path that stand for something, such as an id. */
  readonly names: readonly string[]
}

export type Reply = {
  readonly status: number
  readonly headers?: { readonly [name: string]: string }
  readonly body: string | Uint8Array
}

/**
 * What happens to one call instead of the honest answer. `proceed` gives that answer, and with it the call takes effect. A step that gives nothing has dealt with
 * the connection itself.
 */
export type Step = (asked: Asked, proceed: () => Promise<Reply>, response: ServerResponse) => Promise<Reply | undefined>

const routes: readonly (readonly [Route, string, RegExp])[] = [
  ['wellKnown', 'GET', /^\/\.well-known\/passerelle$/],
  ['directory', 'GET', /^\/v1\/agencies$/],
  ['schemas', 'GET', /^\/schemas(?:\/(.*))?$/],
  ['submit', 'POST', /^\/v1\/messages$/],
  ['status', 'GET', /^\/v1\/messages\/([^/]+)(\/receipts)?$/],
  ['feed', 'GET', /^\/v1\/receipts$/],
  ['inbox', 'GET', /^\/v1\/inbox$/],
  ['read', 'GET', /^\/v1\/inbox\/([^/]+)\/([^/]+)$/],
  ['acknowledge', 'POST', /^\/v1\/inbox\/([^/]+)\/([^/]+)\/acknowledgement$/],
  ['put', 'PUT', /^\/v1\/attachments\/([^/]+)$/],
  ['fetch', 'GET', /^\/v1\/inbox\/([^/]+)\/([^/]+)\/attachments\/([^/]+)$/],
]

/** Which call a request is, and what its path names. */
export function routeOf(method: string, path: string): { route: Route; names: readonly string[] } {
  for (const [route, wanted, pattern] of routes) {
    const found = method === wanted ? pattern.exec(path) : null
    if (found !== null)
      return { route, names: found.slice(1).map((name: string | undefined) => decodeURIComponent(name ?? '')) }
  }
  return { route: 'other', names: [] }
}

export function json(status: number, body: object, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  }
}

/** A refusal as section 4 writes it (RFC 9457). */
export function problem(status: number, code: string, more: object = {}, headers: Reply['headers'] = {}): Reply {
  const document = {
    type: `/problems/${code}`,
    title: code,
    status,
    detail: 'Scripted by a test of conformance.',
    code,
  }
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    body: JSON.stringify({ ...document, ...more }),
  }
}
