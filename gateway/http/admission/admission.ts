/**
 * The one layer that all connections and requests of both listeners pass: who may have a place, what is begun for them, and
 * what is kept for them until they have read it. Each limit stands in one of the files beside it (docs/operating.md, «Limits»).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import type { Log, Metrics } from '../../base/base.ts'
import { type Arrivals, createArrivals } from './arrivals.ts'
import { createBuckets } from './bucket.ts'
import { accountOf, type Connection } from './connection.ts'
import { type Connections, openConnections, type WhoIs } from './connections.ts'
import { createHandshakes } from './handshakes.ts'
import { type Overload, watchOverload } from './overload.ts'
import { createProgress } from './progress.ts'
import { openRequests, type Requests, type Serve } from './requests.ts'

export type Admission = {
  /** Puts itself before a server that has no handler yet. */
  guard(server: Server, serve: Serve, whoIs: WhoIs): void
  /** The answer to a request has been made, of so many bytes. */
  owe(request: IncomingMessage, response: ServerResponse, bytes: number): void
  /** A request may take as long as its line brings something, ten minutes at most, until it is answered. */
  giveTime(request: IncomingMessage, response: ServerResponse): void
  /**
   * Takes note of a request that counts as no agency's call: a page for anybody, what is refused before it counts, all that operators
   * ask. @param go called when its answer may go out, at once as a rule
   */
  pace(request: IncomingMessage, go: () => void): void
  /** A limit was reached. */
  readonly tell: Overload
  /** Trust or registry has changed: whoever is no longer entitled is cut off, and nothing more goes out to it. */
  reappraise(): void
  /** The listeners close: what has not finished its handshake is not waited for. */
  release(): void
}

export type AdmissionOptions = {
  readonly metrics: Metrics
  readonly log: Log
  /** Handshakes a second for each address. */
  readonly handshakeRate: number
  readonly now: () => Date
}

/** The bounds on time are true to this. */
const LOOK_MS = 1_000
/** Of one account; far more than what looks after a gateway asks, and an hour's flood of them is a minute's work. */
const UNCOUNTED_A_MINUTE = 1_200
/** What is beyond is answered this much later: its connection waits meanwhile, and has few requests under way. */
const HOLD_MS = 2_000

/** Opens the layer of one process. */
export function openAdmission({ metrics, log, handshakeRate, now }: AdmissionOptions): Admission {
  const tell = watchOverload(metrics, log)
  const handshakes = createHandshakes(handshakeRate, () => tell('handshake-rate'))
  const progress = createProgress(tell)
  const uncounted = createBuckets(UNCOUNTED_A_MINUTE)
  const listeners: Connections[] = []
  type Opened = { readonly connection: Connection; readonly requests: Requests; readonly arrivals: Arrivals }
  const bySocket = new WeakMap<object, Opened>()

  setInterval(() => {
    const [at, date] = [performance.now(), now()]
    for (const each of listeners) each.look(at, date)
  }, LOOK_MS).unref()

  return {
    tell,
    guard(server, serve, whoIs) {
      const requestsOf = openRequests(serve, progress.settle)
      const arrivals = createArrivals(({ open }) => {
        tell('request-time')
        server.emit('clientError', new LateRequest('a request took too long to come in'), open?.socket)
      })
      const connections = openConnections({
        server,
        whoIs,
        handshakes,
        tell,
        onRefused: () => metrics.problems.inc({ code: 'tls-handshake' }),
        onOpen(connection, socket, account) {
          bySocket.set(socket, { connection, requests: requestsOf({ connection, socket, account }), arrivals })
        },
        onGone(connection) {
          progress.forget(connection)
          if (connection.open !== undefined) bySocket.get(connection.open.socket)?.requests.forget()
        },
        inspect(connection, at) {
          progress.inspect(connection, at)
          arrivals.inspect(connection, at)
        },
      })
      listeners.push(connections)
      server.on('request', (request, response) => {
        const found = bySocket.get(request.socket)
        // On a connection that is being ended nothing is begun.
        if (found === undefined || found.connection.raw.destroyed) return
        arrivals.begin(found.connection, request)
        if (found.requests.take(request, response)) return
        connections.drop(found.connection, 'pipelined')
      })
    },
    owe(request, response, bytes) {
      const found = bySocket.get(request.socket)
      if (found !== undefined) progress.owe(found.connection, response, bytes)
    },
    giveTime(request, response) {
      const found = bySocket.get(request.socket)
      found?.arrivals.giveTime(found.connection, request, response)
    },
    pace(request, go) {
      const found = bySocket.get(request.socket)
      if (found === undefined || uncounted.take(accountOf(found.connection), 1, performance.now()) === undefined)
        return go()
      tell('uncounted')
      setTimeout(go, HOLD_MS)
    },
    reappraise() {
      for (const each of listeners) each.reappraise()
    },
    release() {
      for (const each of listeners) each.release()
    },
  }
}

/** As Node names it. */
class LateRequest extends Error {
  readonly code = 'ERR_HTTP_REQUEST_TIMEOUT'
}
