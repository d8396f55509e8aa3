import type { TLSSocket } from 'node:tls'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Agency, CertificateUse, Operator } from '../core/agency.ts'
import { WARN_BEFORE_MS } from '../alarms.ts'
import type { Certificate } from '../core/certificate.ts'
import { rfc3339 } from '../core/forms.ts'
import type { Caller, Parts } from '../flow/parts.ts'
import { readPeerChain } from '../identity/peer-chain.ts'
import { Problem } from '../problems.ts'
import type { Standing } from './admission/connection.ts'

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

function readPeer(socket: TLSSocket): Peer | undefined {
  try {
    const [certificate, ...chain] = readPeerChain(socket)
    return certificate && { certificate, chain }
  } catch {
    return undefined
  }
}

/**
 * Who has shaken hands on the agency listener: an active agency that has pinned the leaf, or somebody whose chain is good;
 * nothing where it is not.
 */
export function agencyAt(parts: Parts, socket: TLSSocket): Standing | undefined {
  const peer = peerOf(socket)
  if (peer === undefined || !isGood(parts, peer)) return undefined
  const pinned = parts.registry().byTls.get(peer.certificate.thumbprint)
  const isAgency = pinned !== undefined && 'agency' in pinned && pinned.agency.status === 'active'
  return standingOf(peer, isAgency ? pinned.agency.id : undefined)
}

/** Who has shaken hands on the operations listener: an operator, or anybody. */
export function operatorAt(parts: Parts, socket: TLSSocket): Standing {
  return standingOf(peerOf(socket), findOperator(parts, socket)?.id)
}

function standingOf(peer: Peer | undefined, party: string | undefined): Standing {
  const { thumbprint, notAfter } = peer?.certificate ?? {}
  return { party, thumbprint, until: party === undefined ? undefined : notAfter }
}

const isGood = (parts: Parts, { certificate, chain }: Peer): boolean =>
  parts.trust().judge(certificate, chain, parts.now()).good

/**
 * Whoever is at the other end, judged at each request: a connection whose certificate has since been revoked or has expired
 * gets no further request served, whatever it asks; it is closed (protocol section 2), and this gives nothing.
 */
export function admitPeer(parts: Parts, request: FastifyRequest, reply: FastifyReply): Peer | undefined {
  const socket = request.raw.socket as TLSSocket
  const peer = peerOf(socket)
  if (peer !== undefined && isGood(parts, peer)) return peer
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
  const operator = findOperator(parts, request.raw.socket as TLSSocket)
  if (operator === undefined) throw new Problem('operator-certificate-required')
  request.operator = operator
  return operator
}

function findOperator(parts: Parts, socket: TLSSocket): Operator | undefined {
  const peer = socket.authorized ? peerOf(socket) : undefined
  const pinned = peer && isGood(parts, peer) ? parts.registry().byTls.get(peer.certificate.thumbprint) : undefined
  return pinned !== undefined && 'operator' in pinned ? pinned.operator : undefined
}

/** The caller's certificates that expire within 30 days: the one it shows, and the signing one that lasts longest. */
function expiring(agency: Agency, tls: Certificate, now: Date): string[] {
  let signing: Certificate | undefined
  for (const { use, certificate } of agency.certificates)
    if (use === 'signing' && certificate.notAfter > (signing?.notAfter ?? now)) signing = certificate
  const soon = now.getTime() + WARN_BEFORE_MS
  const warningOf = (use: CertificateUse, certificate: Certificate | undefined): string[] =>
    certificate !== undefined && certificate.notAfter.getTime() <= soon
      ? [`${use} ${rfc3339(certificate.notAfter)}`]
      : []
  return [...warningOf('tls', tls), ...warningOf('signing', signing)]
}

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
