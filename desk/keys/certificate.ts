import { fromBER } from 'asn1js'
import { Certificate } from 'pkijs'
import { sha256 } from '../../sdk/browser.ts'
import type { Bytes } from '../vault/bytes.ts'
import { toPem } from './pem.ts'

/** What the desk needs to know of a certificate. */
export type Read = {
  readonly pem: string
  readonly thumbprint: string
  /** DER of the public key (SubjectPublicKeyInfo). */
  readonly spki: Bytes
  readonly notAfter: Date
}

/** Takes a certificate as DER; gives what it says; nothing where it is none. */
export async function readCertificate(der: Bytes): Promise<Read | undefined> {
  const parsed = fromBER(der)
  if (parsed.offset === -1) return undefined
  try {
    const certificate = new Certificate({ schema: parsed.result })
    return {
      pem: toPem('CERTIFICATE', der),
      thumbprint: await sha256(der),
      spki: new Uint8Array(certificate.subjectPublicKeyInfo.toSchema().toBER()),
      notAfter: certificate.notAfter.value,
    }
  } catch {
    return undefined
  }
}
