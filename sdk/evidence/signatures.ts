/** Who signed, and that they did, by a certificate that was good then. */
import type { Leaf } from './bundle.ts'
import type { Certificate } from './certificate.ts'
import type { Chains } from './chains.ts'
import { type EvidenceCode, demand } from './faults.ts'
import { algorithmFor, isSigned, type Opened } from './signed.ts'

/** The gateway's certificate is known by its name (protocol section 1), and was good when it signed. */
export function checkGatewaySigned(
  chains: Chains,
  { where, jws, at }: Leaf<unknown>,
  kind: 'receipt' | 'entry' | 'act',
  gateway: string,
): void {
  const place = `${where}/${kind}`
  const certificate = signerOf(chains, jws, place)
  demand(certificate.commonName.toLowerCase() === gateway, 'signer-not-gateway', place)
  checkSigned(chains, jws, certificate, at, `${kind}-signature`, place)
}

export function signerOf({ byThumbprint }: Chains, { thumbprint }: Opened<unknown>, where: string): Certificate {
  const certificate = byThumbprint.get(thumbprint)
  demand(certificate !== undefined, 'signer-unknown', where)
  return certificate
}

export function checkSigned(
  chains: Chains,
  jws: Opened<unknown>,
  certificate: Certificate,
  at: Date,
  code: EvidenceCode,
  where: string,
): readonly Certificate[] {
  const path = chains.judge(certificate, at, where)
  demand(algorithmFor(certificate.publicKey) === jws.alg, 'algorithm-mismatch', where)
  demand(isSigned(jws, certificate.publicKey), code, where)
  return path
}
