import type { TLSSocket } from 'node:tls'
import { type Certificate, parseCertificate } from './certificate.ts'

const LONGEST_CHAIN = 10

/**
 * The chain that the other end of a connection showed, leaf first; empty where it showed none.
 * @throws CertificateFault where one of it cannot be read
 */
export function readPeerChain(socket: TLSSocket): readonly Certificate[] {
  const chain: Certificate[] = []
  let next = socket.getPeerX509Certificate()
  while (next !== undefined && chain.length < LONGEST_CHAIN) {
    chain.push(parseCertificate(next.raw))
    next = next.issuerCertificate
  }
  return chain
}
