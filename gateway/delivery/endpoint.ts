/** The connections to one endpoint: mutual TLS with the gateway's certificate, trusting only the anchors named. */
import { once } from 'node:events'
import { createSecureContext, type SecureContext, TLSSocket, checkServerIdentity, connect } from 'node:tls'
import {
  type Certificate,
  isIssuedBy,
  parseCertificates,
  readPeerChain,
  type TrustSnapshot,
} from '../identity/identity.ts'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { within } from '../base/base.ts'
import { DeliveryFault } from './fault.ts'

const CONNECTIONS = 16 // to one endpoint: enough for its slow answers, too few to overrun it
const IDLE_MS = 10_000
const LIFETIME_MS = 5 * 60_000 // a certificate is looked at when a connection opens, so none may stay open for days

/** An endpoint that does not hang up by then has taken the connection. */
const REFUSAL_MS = 1_000

/** What an endpoint's connections are made with. A change of any of it calls for new connections. */
export type Terms = {
  readonly trustAnchors: string
  readonly tls: { readonly cert: string; readonly key: string }
  readonly trust: TrustSnapshot
}

export type Endpoint = {
  /**
   * Posts a body and gives the answer once its head is there; its body may still be cut short.
   * @throws what the connection died of
   */
  post(path: string, headers: OutgoingHttpHeaders, body: Buffer, signal: AbortSignal): Promise<IncomingMessage>
  /** Opens a connection and closes it: nothing is asked. @throws what it died of */
  reach(signal: AbortSignal): Promise<void>
  /** Closes the connections when what is under way has ended. */
  close(): Promise<void>
}

/** Interim answers (1xx) may come unasked, any number of them (RFC 9110, 15.2): so many bytes, and no more. */
const MAX_INTERIM_BYTES = 64 * 1024
const STATUS_LINE_BYTES = 16 // at least

/**
 * Opens kept-alive HTTP/1.1 connections to an origin, over TLS 1.3 only. Sessions are not resumed, so that each connection sees
 * the certificate.
 * @throws DeliveryFault where the anchors or the gateway's own certificate cannot be used
 */
export function openEndpoint(origin: URL, terms: Terms, lookup: LookupFunction, now: () => Date): Endpoint {
  const anchors = readAnchors(terms.trustAnchors)
  const host = origin.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(origin.port || 443)
  const secureContext = makeContext(anchors, terms.tls)
  const opened = new WeakMap<object, number>()
  const underWay = new Set<Promise<unknown>>()

  // Idle ones end by its time-out. What is due beyond so many waits for the next that is free.
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, maxFreeSockets: CONNECTIONS, timeout: IDLE_MS })
  const open = (): TLSSocket => {
    const socket: TLSSocket = connect({
      host,
      port,
      lookup,
      secureContext,
      ...(isIP(host) === 0 && { servername: host }),
      rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
      ALPNProtocols: ['http/1.1'],
      // Asked when the handshake is done, before a byte of what was written goes out.
      checkServerIdentity: (name, certificate) =>
        checkServerIdentity(name, certificate) ?? findFault(socket, anchors, terms.trust, now()),
    })
    opened.set(socket, performance.now())
    return socket
  }
  agent.createConnection = open
  const keep = agent.keepSocketAlive.bind(agent)
  agent.keepSocketAlive = (socket) => performance.now() - (opened.get(socket) ?? 0) < LIFETIME_MS && keep(socket)

  return {
    post(path, headers, body, signal) {
      const done = Promise.withResolvers<void>()
      underWay.add(done.promise)
      void done.promise.finally(() => underWay.delete(done.promise))
      return new Promise((resolve, reject) => {
        const request = httpsRequest({
          agent,
          host,
          port,
          method: 'POST',
          path,
          headers: { Host: origin.host, ...headers },
          signal,
        })
        let interimBytes = 0
        request.on('information', ({ rawHeaders }) => {
          interimBytes += STATUS_LINE_BYTES + rawHeaders.join('').length
          if (interimBytes > MAX_INTERIM_BYTES) request.destroy(new DeliveryFault('malformed-answer'))
        })
        request.on('response', resolve).on('error', reject).on('close', done.resolve)
        request.end(body)
      })
    },
    async reach(signal) {
      signal.throwIfAborted()
      const socket = open()
      try {
        await once(socket, 'secureConnect', { signal })
        // In TLS 1.3 the endpoint judges the gateway's certificate only now, and who refuses it hangs up, mostly without a word.
        const closed = once(socket.resume(), 'close', { signal })
        if ((await within(REFUSAL_MS, closed)) !== undefined) throw new DeliveryFault('connection-lost')
        socket.end()
        await within(REFUSAL_MS, closed)
      } finally {
        socket.destroy()
      }
    },
    async close() {
      while (underWay.size > 0) await Promise.all(underWay)
      agent.destroy()
    },
  }
}

/** An anchor is whatever the agency names as one, an intermediate or the endpoint's own certificate included. */
function readAnchors(pem: string): readonly Certificate[] {
  const anchors = attempt(() => parseCertificates(pem), 'trust-anchors-unusable')
  if (anchors.length === 0) throw new DeliveryFault('trust-anchors-unusable') // OpenSSL would take the system's instead
  return anchors
}

function makeContext(anchors: readonly Certificate[], { cert, key }: Terms['tls']): SecureContext {
  const ca = anchors.map(({ pem }) => pem)
  const options = { cert, key, ca, allowPartialTrustChain: true, minVersion: 'TLSv1.3' } as const
  return attempt(() => createSecureContext(options), 'own-certificate-unusable')
}

/**
 * Checks an endpoint's certificate against the CRLs that the trust folder has of its issuers, whether or not these are
 * anchored there. One that chains to an anchor there without a current CRL is not believed (protocol section 1).
 */
function findFault(socket: unknown, anchors: readonly Certificate[], trust: TrustSnapshot, at: Date) {
  try {
    const [leaf, ...issuers] = socket instanceof TLSSocket ? readChain(socket, anchors) : []
    if (!leaf) return new DeliveryFault('tls-failed')
    if (trust.isRevoked([leaf, ...issuers])) return new DeliveryFault('certificate-revoked')
    const verdict = trust.judge(leaf, issuers, at)
    const unchecked = !verdict.good && verdict.reason === 'no-current-crl'
    return unchecked ? new DeliveryFault('certificate-without-crl') : undefined
  } catch {
    return new DeliveryFault('certificate-unreadable')
  }
}

/** The chain as sent, leaf first, and the anchor that it ends below where that was not sent. */
function readChain(socket: TLSSocket, anchors: readonly Certificate[]): readonly Certificate[] {
  const chain = readPeerChain(socket)
  const last = chain.at(-1)
  const anchor = last && !last.selfSigned && anchors.find((candidate) => isIssuedBy(last, candidate))
  return anchor ? [...chain, anchor] : chain
}

function attempt<T>(read: () => T, fault: string): T {
  try {
    return read()
  } catch {
    throw new DeliveryFault(fault)
  }
}
