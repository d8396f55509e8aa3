import type { TLSSocket } from 'node:tls'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Agency, CertificateUse, Operator } from '../core/agency.ts'
import { type Certificate, parseCertificate } from '../core/certificate.ts'
import type { Caller, Parts } from '../flow/parts.ts'
import { Problem } from '../problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined
    operator: Operator | undefined
  }
}

type Peer = { readonly certificate: Certificate; readonly chain: readonly Certificate[] }

/** A certificate is parsed once for its connection. */
const peers = new WeakMap<object, Peer | undefined>()

/** The chain that the peer showed, leaf first; nothing where it showed none that can be read. */
function peerOf(socket: TLSSocket): Peer | undefined {
  if (peers.has(socket)) return peers.get(socket)
  const peer = readPeer(socket)
  peers.set(socket, peer)
  return peer
}

const LONGEST_CHAIN = 10

function readPeer(socket: TLSSocket): Peer | undefined {
  const chain: Certificate[] = []
  let next = socket.getPeerX509Certificate()
  try {
    while (next !== undefined && chain.length < LONGEST_CHAIN) {
      chain.push(parseCertificate(next.raw))
      next = next.issuerCertificate
    }
  } catch {
    return undefined
  }
  const [certificate, ...above] = chain
  return certificate && { certificate, chain: above }
}

/**
 * Whoever is at the other end, judged at each request: a connection whose certificate has since been revoked or has expired
 * gets no further request served, whatever it asks; it is closed (protocol section 2), and this gives nothing.
 */
export function admitPeer(parts: Parts, request: FastifyRequest, reply: FastifyReply): Peer | undefined {
  const socket = request.raw.socket as TLSSocket
  const peer = peerOf(socket)
  if (peer !== undefined && parts.trust().judge(peer.certificate, peer.chain, parts.now()).good) return peer
  reply.hijack()
  socket.destroy()
  return undefined
}

/**
 * Which agency is calling.
 * @throws Problem `unknown-agency` where no active agency has pinned the leaf
 */
export function identifyCaller(parts: Parts, peer: Peer, request: FastifyRequest, reply: FastifyReply): void {
  const pinned = parts.registry().byTls.get(peer.certificate.thumbprint)
  if (pinned === undefined || !('agency' in pinned) || pinned.agency.status !== 'active')
    throw new Problem('unknown-agency')
  const warnings = expiring(pinned.agency, peer.certificate, parts.now())
  if (warnings.length > 0) reply.header('passerelle-certificate-expires', warnings)
  request.caller = { agency: pinned.agency, certificate: pinned.certificate }
}

/** An operator, or a Problem: the public part of the operations listener asks for nobody. */
export function identifyOperator(parts: Parts, request: FastifyRequest): Operator {
  const socket = request.raw.socket as TLSSocket
  const peer = socket.authorized ? peerOf(socket) : undefined
  const good = peer !== undefined && parts.trust().judge(peer.certificate, peer.chain, parts.now()).good
  const pinned = good ? parts.registry().byTls.get(peer.certificate.thumbprint) : undefined
  if (pinned === undefined || !('operator' in pinned)) throw new Problem('operator-certificate-required')
  request.operator = pinned.operator
  return pinned.operator
}

const WARN_BEFORE_MS = 30 * 24 * 3_600_000

/** The caller's certificates that expire within 30 days: the one it shows, and the signing one that lasts longest. */
function expiring(agency: Agency, tls: Certificate, now: Date): string[] {
  const signing = agency.certificates
    .filter(({ use, certificate }) => use === 'signing' && certificate.notAfter > now)
    .map(({ certificate }) => certificate)
    .toSorted((a, b) => b.notAfter.getTime() - a.notAfter.getTime())[0]
  const soon = now.getTime() + WARN_BEFORE_MS
  const uses: readonly (readonly [CertificateUse, Certificate | undefined])[] = [
    ['tls', tls],
    ['signing', signing],
  ]
  return uses.flatMap(([use, certificate]) =>
    certificate !== undefined && certificate.notAfter.getTime() <= soon
      ? [`${use} ${rfc3339(certificate.notAfter)}`]
      : [],
  )
}

/** RFC 3339 in UTC, to the second: certificates know no finer. */
export const rfc3339 = (time: Date): string => time.toISOString().replace('.000Z', 'Z')

/** Whose request this is. Only routes behind `identifyCaller` ask. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw new Problem('unknown-agency')
  return request.caller
}

/** Which operator this is. Only routes behind `identifyOperator` ask. */
export function operatorOf(request: FastifyRequest): Operator {
  if (request.operator === undefined) throw new Problem('operator-certificate-required')
  return request.operator
}
