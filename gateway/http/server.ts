import { constants, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { GatewayKeys, TrustSnapshot } from '../identity/identity.ts'
import { type Config, type Log, type Metrics, OverloadFault, type Text } from '../base/base.ts'
import { Problem } from '../protocol/protocol.ts'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { type Access, requireAccess } from './access.ts'
import { type Addresses, createAddresses, LONGEST_PARAMETER } from './addresses.ts'
import type { Admission } from './admission/admission.ts'
import { LONGEST_MS } from './admission/arrivals.ts'
import type { WhoIs } from './admission/connections.ts'
import { sendProblem, type SendProblem, toProblem, writeProblem } from './problem-reply.ts'
import { compileBody, compileParams, compileQuery } from './query.ts'

export type Server = ReturnType<typeof createServer>

declare module 'fastify' {
  interface FastifyRequest {
    /** When its head had come, by performance.now(). */
    since: number
    /** Whether it counted against an agency, as a call of some kind. */
    counted: boolean
  }
}

/**
 * The hybrid group before all others, also where a client would rather not: what is recorded today stays unreadable to a quantum
 * computer (protocol section 2). The slash makes the others a second choice, and not merely later in one list (OpenSSL 3.5).
 */
const GROUPS = 'X25519MLKEM768/X25519:P-256:P-384'
type Environment = Config['environment']

const LARGEST_HEADERS = 16 * 1024
const HEADERS_MS = 15_000
const KEEP_ALIVE_MS = 75_000
/** The bounds on time are true to this. */
const LOOK_MS = 1_000
/** What a client is told last it may read for so long. */
const LINGER_MS = 1_000

export type ServerOptions = {
  /** What it begins with; `secureContext` makes the next. */
  readonly keys: GatewayKeys
  readonly trust: TrustSnapshot
  readonly log: Log
  readonly metrics: Metrics
  /** Whom its routes may be for. */
  readonly access: readonly Access[]
  readonly admission: Admission
  readonly whoIs: WhoIs
  readonly stopping: AbortSignal
  /** Where a browser without a certificate finds the pages of problems: an address, or nothing. */
  readonly pages: () => string
  readonly environment: Environment
  /** How it sends refusals; without it, as problem documents. */
  readonly send?: SendProblem
}

/**
 * All that a TLS context is made of, of which certificate and authorities change while the server runs: theirs are the names that
 * clients are asked for. It is replaced whole: what `setSecureContext` is not told again goes back to Node's defaults, TLS 1.2 and resumption
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
export function createServer(options: ServerOptions) {
  const { keys, trust, log, metrics, access, admission, whoIs, stopping, pages, send = sendProblem } = options
  const mark = markOf(options.environment)
  const addresses = createAddresses()
  const server = fastify<HttpsServer>({
    serverFactory(serve) {
      const made = createHttpsServer({
        ...secureContext(keys, trust),
        requestCert: true,
        // Not by OpenSSL, which would know less than the judge: of an expired second root, or of two certificates of one authority.
        rejectUnauthorized: false,
        maxHeaderSize: LARGEST_HEADERS,
        headersTimeout: HEADERS_MS,
        // Most have less (`admission/arrivals.ts`), from their head on.
        requestTimeout: LONGEST_MS + HEADERS_MS,
        connectionsCheckingInterval: LOOK_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        // Node itself would refuse, without a problem and a request id: see below.
        requireHostHeader: false,
      })
      admission.guard(made, serve, whoIs)
      // What nobody here can meet is left unmet (RFC 9110, 10.1.1); Node would answer 417 itself.
      made.on('checkExpectation', (request, response) => made.emit('request', request, response))
      made.on('tlsClientError', () => metrics.problems.inc({ code: 'tls-handshake' }))
      // No proxy (RFC 9110, 9.3.6); Node would close without a word.
      made.on('connect', (_request, socket) => {
        const allow = { Allow: addresses.methodsAt('*').join(', ') }
        say(socket as Socket, new Problem('method-not-allowed'), pages(), { ...mark, ...allow })
      })
      return made
    },
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: LONGEST_PARAMETER, caseSensitive: true, ignoreTrailingSlash: false },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler(error, socket) {
      refuseConnection(error, socket, log, pages(), mark)
    },
    frameworkErrors(error, request, reply) {
      admission.pace(request.raw, () => void send(request, reply.headers(mark), toProblem(error, log)))
    },
  }).withTypeProvider<TypeBoxTypeProvider>()
  server.addHook('onRoute', requireAccess(access))
  server.addHook('onRoute', addresses.add)
  server.addHook('preClose', (done) => {
    admission.release()
    done()
  })

  server.setValidatorCompiler(({ schema, httpPart }) => {
    if (httpPart === 'querystring') return compileQuery(schema)
    return httpPart === 'body' ? compileBody(schema) : compileParams(schema)
  })
  server.removeAllContentTypeParsers()
  server.decorate('pages', pages)
  server.decorateRequest('since', 0)
  server.decorateRequest('counted', false)
  // Hooks with a callback: one promise less each, on every request.
  server.addHook('onRequest', (request, reply, done) => {
    request.since = performance.now()
    reply.headers({
      'passerelle-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...mark,
    })
    done(hasOneHost(request.raw) ? undefined : new Problem('invalid-request', NOT_ONE_HOST))
  })
  server.addHook('onSend', (request, reply, payload, done) => {
    // An answer given while stopping ends its connection, so that nobody sends a next request into it.
    if (stopping.aborted) reply.header('connection', 'close')
    // Here and not once the answer has gone out: listening for that costs every request more than it tells.
    const { url: route = 'none' } = request.routeOptions
    const seconds = (performance.now() - request.since) / 1000
    metrics.requestSeconds.observe({ route, status: reply.statusCode }, seconds)
    if (typeof payload === 'string' || Buffer.isBuffer(payload)) admission.owe(request.raw, reply.raw, payload.length)
    const go = (): void => done(null, payload)
    if (request.counted || stopping.aborted) go()
    else admission.pace(request.raw, go)
  })
  server.setErrorHandler((error, request, reply) => {
    // Whatever the framework has against a request to nowhere, that is what it is.
    if (request.is404 && !(error instanceof Problem))
      return send(request, reply, wrongAddress(addresses, request, reply))
    if (error instanceof OverloadFault) admission.tell('backlog')
    const problem = toProblem(error, log, request.id)
    metrics.problems.inc({ code: 'problem' in problem ? problem.problem.code : problem.code })
    return send(request, reply, problem)
  })
  server.setNotFoundHandler((request, reply) => send(request, reply, wrongAddress(addresses, request, reply)))
  return server
}

/** A path that another method knows is no secret; anything else does not exist. */
function wrongAddress(addresses: Addresses, request: FastifyRequest, reply: FastifyReply): Problem {
  const allowed = addresses.methodsAt(request.url)
  if (allowed.length === 0) return new Problem('not-found')
  reply.header('allow', allowed.join(', '))
  return new Problem('method-not-allowed')
}

/** Exactly one (RFC 9112, 3.2); a simple check of health may still speak HTTP/1.0, which knows none. */
function hasOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') hosts += 1
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0')
}

const NOT_ONE_HOST: Text = {
  en: 'An HTTP/1.1 request has exactly one `Host` header (RFC 9112, 3.2).',
  fr: 'Une requête HTTP/1.1 comporte un seul en-tête `Host` (RFC 9112, 3.2).',
}
const LONG_HEADERS: Text = {
  en: `The headers have more than ${LARGEST_HEADERS} bytes.`,
  fr: `Les en-têtes dépassent ${LARGEST_HEADERS} octets.`,
}
const NO_HTTP: Text = {
  en: 'What was sent is not an HTTP/1.1 request.',
  fr: 'Ce qui a été envoyé n’est pas une requête HTTP/1.1.',
}

/** What every answer bears where nothing that is sent is about a child: no test is taken for the real thing (protocol section 2). */
const markOf = (environment: Environment): Readonly<Record<string, string>> =>
  environment === 'production' ? {} : { 'passerelle-environment': environment }

/** What is no HTTP is answered in HTTP where the socket still takes it, and never with a word of what came. */
function refuseConnection(
  error: NodeJS.ErrnoException,
  socket: Socket,
  log: Log,
  pages: string,
  mark: Readonly<Record<string, string>>,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const detail = error.code === 'HPE_HEADER_OVERFLOW' ? LONG_HEADERS : NO_HTTP
  const id = say(socket, new Problem('invalid-request', detail), pages, mark)
  log.info({ requestId: id, code: error.code }, 'a request could not be parsed')
}

/** Says a last word on a connection and ends it, also where the other end does not read. Gives the word's request id. */
function say(socket: Socket, problem: Problem, pages: string, headers: Readonly<Record<string, string>> = {}): string {
  const id = randomUUID()
  socket.on('error', () => socket.destroy())
  socket.end(writeProblem(problem, id, pages, headers))
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
  return id
}
