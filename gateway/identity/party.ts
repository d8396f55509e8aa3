/** The parties of the registry file together with the certificates that it pins to them (protocol section 1). */
import type { Agency, CertificateUse, Operator } from '../protocol/protocol.ts'
import type { Certificate } from './certificate.ts'

/** A certificate that the registry pins to a party for one use. */
export type Pin<Use extends CertificateUse = CertificateUse> = { readonly use: Use; readonly certificate: Certificate }

export type RegisteredAgency = Agency & { readonly certificates: readonly Pin[] }
export type RegisteredOperator = Operator & { readonly certificates: readonly Pin<'tls'>[] }

/** Who is calling: the agency that pinned the certificate of the TLS connection. */
export type Caller = { readonly agency: RegisteredAgency; readonly certificate: Certificate }
