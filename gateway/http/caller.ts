import type { TLSSocket } from 'node:tls'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  type Caller,
  type Certificate,
  readPeerChain,
  type RegisteredAgency,
  WARN_BEFORE_MS,
} from '../identity/identity.ts'
import { type CertificateUse, type Operator, Problem, rfc3339 } from '../protocol/protocol.ts'
import type { Recognising } from './serving.ts'
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
export function agencyAt(needs: Recognising, socket: TLSSocket): Standing | undefined {
  const peer = findGoodPeer(needs, socket)
  if (peer === undefined) return undefined
  return standingOf(peer, findAgency(needs, peer)?.agency.id)
}

/** The active agency that has pinned the leaf. */
function findAgency({ registry }: Pick<Recognising, 'registry'>, { certificate }: Peer) {
  const pinned = registry().byTls.get(certificate.thumbprint)
  return pinned !== undefined && 'agency' in pinned && pinned.agency.status === 'active' ? pinned : undefined
}

/** Who has shaken hands on the operations listener: an operator, or anybody. */
export function operatorAt(needs: Recognising, socket: TLSSocket): Standing {
  return standingOf(peerOf(socket), operatorBehind(needs, socket)?.id)
}

function standingOf(peer: Peer | undefined, party: string | undefined): Standing {
  const { thumbprint, notAfter } = peer?.certificate ?? {}
  return { party, thumbprint, until: party === undefined ? undefined : notAfter }
}

/** Whoever is at the other end, where its certificate is good now and is one for clients. */
export function findGoodPeer({ trust, now }: Pick<Recognising, 'trust' | 'now'>, socket: TLSSocket): Peer | undefined {
  const peer = peerOf(socket)
  if (peer?.certificate.mayTalk !== true) return undefined
  return trust().judge(peer.certificate, peer.chain, now()).good ? peer : undefined
}

/**
 * Whoever is at the other end, judged at each request: a connection whose certificate has since been revoked or has expired
 * gets no further request served, whatever it asks; it is closed (protocol section 2), and this gives nothing.
 */
export function admitPeer(needs: Recognising, request: FastifyRequest, reply: FastifyReply): Peer | undefined {
  const socket = request.raw.socket as TLSSocket
  const peer = findGoodPeer(needs, socket)
  if (peer !== undefined) return peer
  reply.hijack()
  socket.destroy()
  return undefined
}

/**
 * Which agency is calling.
 * @throws Problem `unknown-agency` where no active agency has pinned the leaf
 */
export function identifyCaller(needs: Recognising, peer: Peer, request: FastifyRequest, reply: FastifyReply): void {
  const pinned = findAgency(needs, peer)
  if (pinned === undefined) throw new Problem('unknown-agency')
  const warnings = expiring(pinned.agency, peer.certificate, needs.now())
  if (warnings.length > 0) reply.header('passerelle-certificate-expires', warnings)
  request.caller = { agency: pinned.agency, certificate: pinned.certificate }
}

/** An operator, or a Problem: the public part of the operations listener asks for nobody. */
export function identifyOperator(needs: Recognising, request: FastifyRequest): Operator {
  const operator = findOperator(needs, request)
  if (operator === undefined) throw new Problem('operator-certificate-required')
  request.operator = operator
  return operator
}

/** Which operator is calling; nothing where none is. */
export function findOperator(needs: Recognising, { raw }: Pick<FastifyRequest, 'raw'>): Operator | undefined {
  return operatorBehind(needs, raw.socket as TLSSocket)
}

function operatorBehind(needs: Recognising, socket: TLSSocket): Operator | undefined {
  const peer = findGoodPeer(needs, socket)
  const pinned = peer && needs.registry().byTls.get(peer.certificate.thumbprint)
  return pinned !== undefined && 'operator' in pinned ? pinned.operator : undefined
}

/** The caller's certificates that expire within 30 days: the one it shows, and the signing one that lasts longest. */
function expiring(agency: RegisteredAgency, tls: Certificate, now: Date): string[] {
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

/** The thumbprint of the certificate that this request came under. */
export const thumbprintOf = (request: FastifyRequest): string =>
  peerOf(request.raw.socket as TLSSocket)?.certificate.thumbprint ?? ''
