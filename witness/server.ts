import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Log } from '../gateway/base/base.ts'
import { NoteFault } from '../tlog/note.ts'
import { pageOf } from './page.ts'
import { parseRequest } from './request.ts'
import { metricsOf, type Status } from './status.ts'
import { originHash } from './store.ts'
import type { Answer, Witnessed } from './witnessing.ts'

type Needs = {
  readonly host: string
  readonly port: number
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** The logs that are watched now, by origin. */
  readonly logs: () => ReadonlyMap<string, Witnessed>
  readonly status: () => Status
  readonly log: Log
}

export type Server = { readonly url: string; close(): Promise<void> }

/** 63 lines of proof, and a note with the signatures of a log and of all its witnesses. */
const LARGEST_BODY = 128 * 1024
const MOST_CONNECTIONS = 256
const HEADERS_MS = 10_000
const REQUEST_MS = 15_000
const IDLE_MS = 75_000
/** What is under way when the witness stops has so long. */
const STOP_MS = 5_000

/**
 * Serves a witness (C2SP tlog-witness): `POST /add-checkpoint` and `GET /<origin hash>/checkpoint`, both under one prefix; and what
 * people and their monitoring ask: `/`, `/status`, `/metrics`.
 */
export async function openServer(needs: Needs): Promise<Server> {
  const { tls, host, port, log } = needs
  const answers = new Map<number, number>()
  const listener: RequestListener = (request, response) => {
    respond(request, response, needs, answers).catch((error: unknown) => {
      log.error({ err: error }, 'a request failed')
      if (response.headersSent) response.destroy()
      else send(response, 500, 'text/plain; charset=utf-8', 'internal error\n')
    })
  }
  const bounds = {
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    maxHeaderSize: 8192,
  }
  const server = tls
    ? createTlsServer({ ...bounds, ...tls, minVersion: 'TLSv1.3' }, listener)
    : createServer(bounds, listener)
  server.maxConnections = MOST_CONNECTIONS
  server.setTimeout(IDLE_MS)
  server.on('tlsClientError', () => undefined)
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    url: `${tls ? 'https' : 'http'}://${shown}:${address.port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const impatience = setTimeout(() => server.closeAllConnections(), STOP_MS)
      await closed
      clearTimeout(impatience)
    },
  }
}

const TEXT = 'text/plain; charset=utf-8'
const CHECKPOINT = /^\/([0-9a-f]{64})\/checkpoint$/

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { logs, status }: Needs,
  answers: Map<number, number>,
): Promise<void> {
  const path = request.url?.split('?', 1)[0] ?? ''
  if (path === '/add-checkpoint') {
    if (request.method !== 'POST') return refuseMethod(response, 'POST')
    const answer = await add(request, logs())
    answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1)
    // What was not read to its end cannot be followed by another request.
    if (!request.complete) response.setHeader('connection', 'close')
    return send(response, answer.status, answer.status === 409 ? 'text/x.tlog.size' : TEXT, answer.body)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuseMethod(response, 'GET, HEAD')
  if (path === '/status') return send(response, 200, 'application/json', `${JSON.stringify(status())}\n`)
  if (path === '/metrics') return send(response, 200, 'text/plain; version=0.0.4', metricsOf(status(), answers))
  if (path === '/') return send(response, 200, 'text/html; charset=utf-8', pageOf(status(), languageOf(request)))
  const hash = CHECKPOINT.exec(path)?.[1]
  const found = [...logs().values()].find(({ origin }) => originHash(origin) === hash)?.checkpoint()
  if (found === undefined) return send(response, 404, TEXT, 'not found\n')
  send(response, 200, TEXT, found)
}

type AnyAnswer = Omit<Answer, 'status'> & { readonly status: Answer['status'] | 404 | 413 }

async function add(request: IncomingMessage, logs: ReadonlyMap<string, Witnessed>): Promise<AnyAnswer> {
  const body = await read(request)
  if (body === undefined) return { status: 413, body: `a request has ${LARGEST_BODY} bytes at most\n` }
  try {
    const parsed = parseRequest(body)
    const watched = logs.get(parsed.checkpoint.origin)
    if (watched === undefined) return { status: 404, body: 'this log is not watched here\n' }
    return await watched.add(parsed)
  } catch (error) {
    if (error instanceof NoteFault) return { status: 400, body: `the request ${error.message}\n` }
    throw error
  }
}

/** The body, or nothing where it is larger than any honest one. */
async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > LARGEST_BODY) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** English unless French comes first, or alone, in what the reader's browser asks for. */
function languageOf({ headers }: IncomingMessage): 'en' | 'fr' {
  return /^\s*fr\b/i.test(headers['accept-language'] ?? '') ? 'fr' : 'en'
}

function refuseMethod(response: ServerResponse, allow: string): void {
  response.setHeader('allow', allow)
  send(response, 405, TEXT, 'method not allowed\n')
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'x-content-type-options': 'nosniff',
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
