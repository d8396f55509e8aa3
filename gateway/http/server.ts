import { constants, randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fastify from 'fastify'
import type { GatewayKeys, TrustSnapshot } from '../identity/identity.ts'
import type { Log, Metrics } from '../base/base.ts'
import { Problem } from '../protocol/protocol.ts'
import { sendProblem, toProblem, writeProblem } from './problem-reply.ts'
import { compileQuery } from './query.ts'

export type Server = ReturnType<typeof createServer>

declare module 'fastify' {
  interface FastifyRequest {
    /** When its head had come, by performance.now(). */
    since: number
  }
}

/**
 * The hybrid group before all others, also where a client would rather not: what is recorded today stays unreadable to a quantum
 * computer (protocol section 2). The slash makes the others a second choice, and not merely later in one list (OpenSSL 3.5).
 */
const GROUPS = 'X25519MLKEM768/X25519:P-256:P-384'
const LARGEST_HEADERS = 16 * 1024
const HANDSHAKE_MS = 10_000
const HEADERS_MS = 15_000
/** For a message of 256 KiB over a bad line; a long poll has sent its whole request before it waits. */
const REQUEST_MS = 60_000
const KEEP_ALIVE_MS = 75_000
const MOST_CONNECTIONS = 4_000

export type ServerOptions = {
  readonly keys: GatewayKeys
  readonly trust: TrustSnapshot
  readonly log: Log
  readonly metrics: Metrics
  readonly stopping: AbortSignal
}

/**
 * All that a TLS context is made of, of which the authorities change while the server runs: theirs are the names that clients are
 * asked for. It is replaced whole: what `setSecureContext` is not told again goes back to Node's defaults, TLS 1.2 and resumption
 * among them.
 */
export function secureContext(keys: GatewayKeys, trust: TrustSnapshot): SecureContextOptions {
  return {
    cert: keys.tls.cert,
    key: keys.tls.key,
    ca: [...trust.authorities],
    minVersion: 'TLSv1.3',
    ecdhCurve: GROUPS,
    secureOptions: constants.SSL_OP_NO_TICKET,
  }
}

/**
 * Makes a listener: TLS 1.3 only, no resumption, every answer with its request id, every refusal a problem document
 * (protocol sections 2 and 4). Routes are the caller's.
 */
export function createServer({ keys, trust, log, metrics, stopping }: ServerOptions) {
  const server = fastify({
    https: {
      ...secureContext(keys, trust),
      requestCert: true,
      // Not by OpenSSL: see refuseStrangers.
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_MS,
      maxHeaderSize: LARGEST_HEADERS,
      // Node itself would refuse, without a problem and a request id: see below.
      requireHostHeader: false,
    },
    genReqId: () => randomUUID(),
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    routerOptions: { maxParamLength: 256, caseSensitive: true, ignoreTrailingSlash: false },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler(error, socket) {
      refuseConnection(error, socket, log)
    },
    frameworkErrors(error, request, reply) {
      void sendProblem(request, reply, toProblem(error, log))
    },
  }).withTypeProvider<TypeBoxTypeProvider>()
  server.server.headersTimeout = HEADERS_MS
  server.server.maxConnections = MOST_CONNECTIONS
  // What nobody here can meet is left unmet (RFC 9110, 10.1.1); Node would answer 417 itself.
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response))
  server.server.on('tlsClientError', () => metrics.problems.inc({ code: 'tls-handshake' }))

  const other = new Ajv2020({ strict: false })
  server.setValidatorCompiler(({ schema, httpPart }) =>
    httpPart === 'querystring' ? compileQuery(schema as object) : other.compile(schema as object),
  )
  server.removeAllContentTypeParsers()
  server.decorateRequest('since', 0)
  // Hooks with a callback: one promise less each, on every request.
  server.addHook('onRequest', (request, reply, done) => {
    request.since = performance.now()
    reply.headers({
      'passerelle-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    // RFC 9112, 3.2; a simple check of health may still speak HTTP/1.0, which knows no Host
    if (request.headers.host === undefined && request.raw.httpVersion !== '1.0')
      return done(new Problem('invalid-request'))
    done()
  })
  server.addHook('onSend', (request, reply, payload, done) => {
    // An answer given while stopping ends its connection, so that nobody sends a next request into it.
    if (stopping.aborted) reply.header('connection', 'close')
    // Here and not once the answer has gone out: listening for that costs every request more than it tells.
    const { url: route = 'none' } = request.routeOptions
    const seconds = (performance.now() - request.since) / 1000
    metrics.requestSeconds.observe({ route, status: reply.statusCode }, seconds)
    done(null, payload)
  })
  server.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, log, request.id)
    metrics.problems.inc({ code: 'problem' in problem ? problem.problem.code : problem.code })
    return sendProblem(request, reply, problem)
  })
  const routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = []
  server.addHook('onRoute', ({ url, method }) => {
    const path = url
      .replaceAll('.', String.raw`\.`)
      .replaceAll(/:[a-zA-Z]+/g, '[^/]+')
      .replaceAll('*', '.*')
    routes.push({ path: new RegExp(`^${path}$`), methods: [method].flat() })
  })
  server.setNotFoundHandler((request, reply) => {
    // A path that another method knows is no secret; anything else does not exist.
    const asked = request.url.split('?', 1)[0] ?? ''
    const allowed = new Set(routes.filter(({ path }) => path.test(asked)).flatMap(({ methods }) => methods))
    if (allowed.size === 0) return sendProblem(request, reply, new Problem('not-found'))
    reply.header('allow', [...allowed].toSorted().join(', '))
    return sendProblem(request, reply, new Problem('method-not-allowed'))
  })
  return server
}

/** What is no HTTP is answered in HTTP where the socket still takes it, and never with a word of what came. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket, log: Log): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const id = randomUUID()
  log.info({ requestId: id, code: error.code }, 'a request could not be parsed')
  socket.end(writeProblem(new Problem('invalid-request'), id))
}
