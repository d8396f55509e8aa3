import { X509Certificate } from 'node:crypto'
import {
  type Caller,
  type Certificate,
  type Grounds,
  parseCertificate,
  type Registry,
  type TrustSnapshot,
  type Verdict,
} from '../identity/identity.ts'
import {
  certificateReasons,
  fits,
  invalidSignature,
  type Jws,
  Problem,
  type Reading,
  unfitAlgorithm,
  type VerifyingJob,
  verifyingJob,
  verifySignature,
} from '../protocol/protocol.ts'
import type { Checking } from './checking/thread.ts'

type Needs = {
  readonly checking: Checking
  readonly trust: () => TrustSnapshot
}

/** A JWS whose signer is known, whose certificate is good now, and whose signature verifies. */
export type Signed = {
  readonly jws: Jws
  readonly signer: Caller
  readonly crl: string
  /** By what the certificate was found good. */
  readonly grounds: Grounds
}
/** The same, together with what it says. */
export type Verified = Signed & { readonly reading: Reading }

/**
 * Who signed, with a certificate that is good now, and that they did (protocol section 4). The rest of the header comes first.
 * @param caller whose turn it takes to verify: anybody may name anybody's certificate
 * @throws Problem `malformed-message`, `unknown-signer`, `unsupported-algorithm`, `certificate-not-valid`, `invalid-signature`
 */
export async function verifySigner(
  needs: Needs,
  caller: string,
  registry: Registry,
  jws: Jws,
  now: Date,
): Promise<Signed> {
  const known = findSigner(needs, registry, jws, now)
  const work = { verify: (job: VerifyingJob) => needs.checking.verify(job, caller) }
  if (!(await verifySignature(jws, known.signer.certificate, work)))
    throw invalidSignature(jws, known.signer.certificate)
  return { ...known, jws }
}

/** The same, together with what a message says: nobody has looked at it before its signature was verified. */
export async function verifyMessage(
  needs: Needs,
  caller: string,
  registry: Registry,
  jws: Jws,
  now: Date,
): Promise<Verified> {
  const known = findSigner(needs, registry, jws, now)
  const job = verifyingJob(jws, known.signer.certificate)
  const reading = job && (await needs.checking.readMessage(job, caller))
  if (reading === undefined) throw invalidSignature(jws, known.signer.certificate)
  return { ...known, jws, reading }
}

function findSigner(needs: Needs, registry: Registry, jws: Jws, now: Date): Omit<Signed, 'jws'> {
  const above = jws.header.chain.slice(1)
  if (!above.every(isCertificate)) throw new Problem('malformed-message', noCertificate)
  const signer = registry.bySigning.get(jws.header.thumbprint)
  if (signer === undefined || signer.agency.status !== 'active') throw new Problem('unknown-signer')
  if (!fits(jws.header.alg, signer.certificate)) throw unfitAlgorithm(signer.certificate)
  const verdict = judge(needs, signer.certificate, above, now)
  if (!verdict.good) throw new Problem('certificate-not-valid', certificateReasons[verdict.reason])
  // Names in a certificate are free text, and what is signed stays in the log for ever: nothing but what vouches for the signer.
  if (above.length > 0 && !needs.trust().vouch(signer.certificate, above.map(parseIntermediate), now))
    throw new Problem('malformed-message', noneOfTheChain)
  return { signer, crl: verdict.crl, grounds: verdict.grounds }
}

const noCertificate = {
  en: 'The x5c header holds something that is not a certificate.',
  fr: 'L’en-tête x5c contient un élément qui n’est pas un certificat.',
}

const noneOfTheChain = {
  en: 'The x5c header holds something other than the chain by which the certificate is good, leaf first.',
  fr: 'L’en-tête x5c contient autre chose que la chaîne par laquelle le certificat est valable, certificat de l’organisme en tête.',
}

/** Only where the trust folder alone builds no chain are the certificates read that came with the message. */
function judge(needs: Needs, certificate: Certificate, above: readonly Buffer[], now: Date): Verdict {
  const verdict = needs.trust().judge(certificate, [], now)
  if (verdict.good || verdict.reason !== 'unchained' || above.length === 0) return verdict
  return needs.trust().judge(certificate, above.map(parseIntermediate), now)
}

function parseIntermediate(der: Buffer): Certificate {
  try {
    return parseCertificate(der)
  } catch {
    throw new Problem('malformed-message', noCertificate)
  }
}

function isCertificate(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.equals(der)
  } catch {
    return false
  }
}
