/** The connections to one endpoint: mutual TLS with the gateway's certificate, trusting only the anchors named. */
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { buildConnector, Pool } from 'undici'
import {
  type Certificate,
  isIssuedBy,
  parseCertificates,
  readPeerChain,
  type TrustSnapshot,
} from '../identity/identity.ts'
import { DeliveryFault } from './fault.ts'
import { resolveName } from './resolve.ts'

const CONNECTIONS = 16 // to one endpoint: enough for its slow answers, too few to overrun it
const IDLE_MS = 10_000
const LIFETIME_MS = 5 * 60_000 // a certificate is looked at when a connection opens, so none may stay open for days

/** What an endpoint's connections are made with. A change of any of it calls for new connections. */
export type Terms = {
  readonly trustAnchors: string
  readonly tls: { readonly cert: string; readonly key: string }
  readonly trust: TrustSnapshot
}

/**
 * Opens a pool of kept-alive HTTP/1.1 connections to an origin, over TLS 1.3 only. Sessions are not resumed, so that
 * each connection sees the certificate.
 * @throws DeliveryFault where the anchors or the gateway's own certificate cannot be used
 */
export function openEndpoint(origin: string, terms: Terms, timeoutMs: number, now: () => Date): Pool {
  const anchors = readAnchors(terms.trustAnchors)
  const connect = buildConnector({
    lookup: resolveName,
    secureContext: makeContext(anchors, terms.tls),
    rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
    allowH2: false,
    maxCachedSessions: 0,
    timeout: timeoutMs,
  })
  return new Pool(origin, {
    connections: CONNECTIONS,
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    clientTtl: LIFETIME_MS,
    headersTimeout: 0, // the whole push has one deadline
    bodyTimeout: 0,
    connect: (options, callback) =>
      connect(options, (...[error, socket]) => {
        if (error) return callback(error, null)
        const fault = findFault(socket, anchors, terms.trust, now())
        if (!fault) return callback(null, socket)
        socket.destroy()
        return callback(fault, null)
      }),
  })
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
