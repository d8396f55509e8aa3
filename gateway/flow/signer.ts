import { type Certificate, parseCertificate } from '../core/certificate.ts'
import type { Jws } from '../core/jws.ts'
import { fits, verifySignature } from '../core/signature.ts'
import { Problem } from '../problems.ts'
import type { Caller, Parts } from './parts.ts'

/** A JWS whose signer is known, whose certificate is good now, and whose signature verifies. */
export type Signed = { readonly jws: Jws; readonly signer: Caller; readonly crl: string }

/**
 * Who signed, with a certificate that is good now, and that they did (protocol section 4). The rest of the header comes first.
 * @throws Problem `malformed-message`, `unknown-signer`, `unsupported-algorithm`, `certificate-not-valid`, `invalid-signature`
 */
export async function verifySigner(parts: Parts, jws: Jws, now: Date): Promise<Signed> {
  const chain = chainOf(jws)
  const signer = parts.registry().bySigning.get(jws.header.thumbprint)
  if (signer === undefined || signer.agency.status !== 'active') throw new Problem('unknown-signer')
  if (!fits(jws.header.alg, signer.certificate)) throw new Problem('unsupported-algorithm')
  const verdict = parts.trust().judge(signer.certificate, chain, now)
  if (!verdict.good) throw new Problem('certificate-not-valid', reasons[verdict.reason])
  if (!(await verifySignature(jws, signer.certificate))) throw new Problem('invalid-signature')
  return { jws, signer, crl: verdict.crl }
}

const reasons = {
  'not-yet-valid': {
    en: 'The signing certificate is not valid yet.',
    fr: 'Le certificat de signature n’est pas encore valide.',
  },
  expired: { en: 'The signing certificate has expired.', fr: 'Le certificat de signature a expiré.' },
  revoked: { en: 'The signing certificate has been revoked.', fr: 'Le certificat de signature a été révoqué.' },
  unchained: {
    en: 'The signing certificate does not chain to a trust anchor.',
    fr: 'Le certificat de signature ne remonte à aucune ancre de confiance.',
  },
  'no-current-crl': {
    en: 'There is no current revocation list of the issuer of the signing certificate.',
    fr: 'Il n’existe pas de liste de révocation à jour de l’émetteur du certificat de signature.',
  },
  'weak-key': {
    en: 'The key of the signing certificate is too weak.',
    fr: 'La clé du certificat de signature est trop faible.',
  },
} as const

/** The intermediates that a message brings along; what is no certificate helps no chain. */
function chainOf(jws: Jws): readonly Certificate[] {
  return jws.header.chain.slice(1).flatMap((der) => {
    try {
      return [parseCertificate(der)]
    } catch {
      throw new Problem('malformed-message', {
        en: 'The x5c header holds something that is not a certificate.',
        fr: 'L’en-tête x5c contient un élément qui n’est pas un certificat.',
      })
    }
  })
}
