import { once } from 'node:events'
import { Agent, type RequestOptions, request } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { TLSSocket } from 'node:tls'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestGateway } from './gateway.ts'
import { readPair } from './handshake.ts'

/** What came back, with nothing hidden and nothing tried again. */
export type RawAnswer = {
  readonly status: number
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly body: Buffer
  /** The connection that it came over. */
  readonly socket: TLSSocket
  readonly read: Read
}

/** Gives the body as JSON, of the form that the test expects. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test is what checks that it is of this form
type Read = <T = Document>() => T

/** The members of a problem and of the answer to a submission: what most tests look at. */
export type Document = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly documentation: string
  readonly code: string
  readonly errors?: readonly { pointer: string; keyword: string; message: string; messageFr: string }[]
  readonly receipt?: string
  readonly messageId?: string
  readonly state?: string
}

type Call = { readonly headers?: Record<string, string>; readonly body?: string | Buffer | undefined }

export type RawClient = Disposable & {
  get(path: string, headers?: Record<string, string>): Promise<RawAnswer>
  /** A POST of `application/jose`, unless the headers say otherwise. */
  post(path: string, body: string | Buffer, headers?: Record<string, string>): Promise<RawAnswer>
  call(method: string, path: string, call?: Call): Promise<RawAnswer>
}

/** Opens a bare https client; without a pair it presents no certificate. Connections are kept, `sockets` at the most. */
export function openRaw(
  url: string,
  tls: { ca: string; cert?: string; key?: string } & Pick<RequestOptions, 'ecdhCurve' | 'maxVersion'>,
  sockets = 8,
): RawClient {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets, maxCachedSessions: 0, ...tls })
  const call = async (method: string, path: string, { headers = {}, body }: Call = {}): Promise<RawAnswer> => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sent = request(new URL(path, url), { method, agent, headers: { ...length, ...headers } })
    sent.end(body)
    const [response] = await once(sent, 'response')
    const { socket } = response
    if (!(socket instanceof TLSSocket)) throw new TypeError('not over TLS')
    const bytes = await buffer(response)
    return {
      status: response.statusCode,
      headers: response.headers,
      body: bytes,
      socket,
      read: () => JSON.parse(bytes.toString()),
    }
  }
  return {
    call,
    get: (path, headers = {}) => call('GET', path, { headers }),
    post: (path, body, headers = {}) =>
      call('POST', path, { headers: { 'content-type': 'application/jose', ...headers }, body }),
    [Symbol.dispose]: () => agent.destroy(),
  }
}

/** The same with a certificate of the gateway's development PKI: `agencies/fr-rys/tls`, `rogue/unregistered`. */
export async function openRawAs(
  { pki, ...gateway }: { readonly pki: Pick<TestGateway['pki'], 'folder'>; readonly url: string },
  path: string,
  { url = gateway.url, sockets = 8 } = {},
): Promise<RawClient> {
  const ca = await readFile(join(pki.folder, 'trust/ca.crt'), 'utf8')
  return openRaw(url, { ca, ...(await readPair(pki.folder, path)) }, sockets)
}

/** How many answers there are of each status. */
export function countStatuses(answers: readonly RawAnswer[]): Readonly<Record<number, number>> {
  return Object.fromEntries(
    [...Map.groupBy(answers, ({ status }) => status)].map(([status, alike]) => [status, alike.length]),
  )
}
