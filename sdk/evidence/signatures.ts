/** Who signed, and that they did, by a certificate that was good then. */
import type { Leaf } from './bundle.ts'
import type { Certificate } from './certificate.ts'
import type { Chains } from './chains.ts'
import { type EvidenceCode, demand } from './faults.ts'
import type { Verify } from './public-key.ts'
import { algorithmFor, isSigned, type Opened } from './signed.ts'

/** What signatures are judged with. */
export type Judging = { readonly chains: Chains; readonly verify: Verify }

/** The gateway's certificate is known by its name (protocol section 1), and was good when it signed. */
export async function checkGatewaySigned(
  judging: Judging,
  { where, jws, at }: Leaf<unknown>,
  kind: 'receipt' | 'entry' | 'act',
  gateway: string,
): Promise<void> {
  const place = `${where}/${kind}`
  const certificate = signerOf(judging.chains, jws, place)
  demand(certificate.commonName.toLowerCase() === gateway, 'signer-not-gateway', place)
  await checkSigned(judging, jws, certificate, at, `${kind}-signature`, place)
}

export function signerOf({ byThumbprint }: Chains, { thumbprint }: Opened<unknown>, where: string): Certificate {
  const certificate = byThumbprint.get(thumbprint)
  demand(certificate !== undefined, 'signer-unknown', where)
  return certificate
}

export async function checkSigned(
  { chains, verify }: Judging,
  jws: Opened<unknown>,
  certificate: Certificate,
  at: Date,
  code: EvidenceCode,
  where: string,
): Promise<readonly Certificate[]> {
  const path = await chains.judge(certificate, at, where)
  demand(algorithmFor(certificate.publicKey) === jws.alg, 'algorithm-mismatch', where)
  demand(await isSigned(jws, certificate.publicKey, verify), code, where)
  return path
}
