import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { isObject } from '../shape.ts'
import { answerOf, type World } from './answering.ts'
import type { Clock } from './clock.ts'
import { openExchange } from './exchange.ts'
import { type Asked, problem, type Reply, type Route, routeOf, type Step } from './http.ts'
import type { Issued, Pki } from './pki.ts'
import type { Publication } from './publication.ts'

type Options = {
  readonly pki: Pki
  readonly agency: string
  readonly clock: Clock
  readonly publication: Publication
  readonly tls: Issued
  readonly signing: Issued
  /** 0 for any that is free. */
  readonly port: number
}

/** An idle connection is closed after 75 s (section 2). */
const IDLE_MS = 75_000

/** Opens a gateway for one agency, over mutual TLS 1.3: honest, until it is given a script. */
export async function openGateway({ pki, agency, clock, publication, tls, signing, port: wanted }: Options) {
  const exchange = openExchange(publication.id, signing, clock)
  const world: World = { agency, exchange, publication, clock, pageSizes: { inbox: 100, feed: [] } }
  const asked: Asked[] = []
  const scripts = new Map<Route, Step[]>()
  const standing = new Map<Route, Step>()
  const sockets = new Set<Socket>()
  let refusing = 0
  let connections = 0

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'https://localhost')
    const { method = '' } = request
    const body = await buffer(request)
    const call: Asked = {
      ...routeOf(method, url.pathname),
      at: clock.now(),
      method,
      url,
      headers: request.headers,
      body,
    }
    asked.push(call)
    const step = scripts.get(call.route)?.shift() ?? standing.get(call.route)
    const proceed = async (): Promise<Reply> => answerOf(world, call)
    const reply = await (step === undefined ? proceed() : step(call, proceed, response))
    if (reply === undefined || response.destroyed) return
    const headers = { 'passerelle-request-id': randomUUID(), 'passerelle-environment': 'test', ...reply.headers }
    response.writeHead(reply.status, headers).end(instanceOf(reply, headers['passerelle-request-id']))
  }

  const server = createServer(
    { cert: tls.certificate, key: tls.key, ca: pki.anchor, requestCert: true, minVersion: 'TLSv1.3' },
    (request, response) => {
      answer(request, response).catch((fault: unknown) => {
        if (response.headersSent || response.destroyed || request.destroyed) return response.destroy()
        const detail = fault instanceof Error ? fault.message : 'unknown'
        const { status, headers, body } = problem(500, 'internal-error', { detail })
        return response.writeHead(status, headers).end(body)
      })
    },
  )
  server.keepAliveTimeout = IDLE_MS
  server.on('connection', (socket: Socket) => {
    connections++
    if (refusing > 0) {
      refusing--
      socket.resetAndDestroy()
      return
    }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // A handshake that fails is the client's to explain.
  server.on('tlsClientError', () => undefined)
  server.listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : wanted

  return {
    url: `https://localhost:${port}`,
    world,
    exchange,
    publication,
    /** The next calls of a kind meet these steps, one each; the others are answered honestly. */
    script: (route: Route, ...steps: readonly Step[]): void =>
      void scripts.set(route, [...(scripts.get(route) ?? []), ...steps]),
    /** All calls of a kind meet this step, until there is another. */
    always: (route: Route, step: Step): void => void standing.set(route, step),
    calls: (route: Route): readonly Asked[] => asked.filter((one) => one.route === route),
    /** The next connections are reset before their handshake. */
    refuseConnections: (count: number): void => {
      refusing = count
    },
    connections: () => connections,
    /** Shows another certificate to whoever connects from now on, and ends what is connected. */
    present: ({ certificate, key }: Issued): void => {
      server.setSecureContext({ cert: certificate, key, ca: pki.anchor })
      for (const socket of sockets) socket.destroy()
    },
    close: async (): Promise<void> => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** A problem names the call that it is about (section 4). */
function instanceOf({ headers = {}, body }: Reply, id: string): Reply['body'] {
  if (headers['content-type']?.startsWith('application/problem+json') !== true) return body
  const document: unknown = JSON.parse(Buffer.from(body).toString())
  return isObject(document) ? JSON.stringify({ ...document, instance: `urn:uuid:${id}` }) : body
}
