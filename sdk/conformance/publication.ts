/** What the scripted gateway publishes about itself and about everybody: certificates, which change while a case runs. */
import type { Issued } from './pki.ts'
import { agencies } from './roles.ts'

export type Listed = { readonly issued: Issued; readonly current: boolean; readonly revokedAt?: string }
export type Publication = {
  readonly id: string
  signing: readonly Listed[]
  tls: readonly Listed[]
  /** The signing certificates of each agency. */
  readonly agencies: Map<string, readonly Listed[]>
  /** Members of a later release, which whoever reads must pass over. */
  extra: object
}

function certificate({ issued, ...more }: Listed): object {
  const { certificate: pem, notBefore, notAfter, signer } = issued
  return { pem, thumbprint: signer.thumbprint, notBefore, notAfter, ...more }
}

/** The well-known document (section 1). */
export function wellKnownOf({ id, signing, tls, extra }: Publication, schemaVersions: readonly string[]): object {
  return {
    id,
    environment: 'test',
    protocolVersion: '1',
    schemaVersions,
    limits: { messageBytes: 262_144, attachmentBytes: 26_214_400, perMinute: 600 },
    logs: [],
    signingCertificates: signing.map(certificate),
    tlsCertificates: tls.map(certificate),
    ...extra,
  }
}

/** The directory (section 1). */
export function directoryOf({ agencies: listed, extra }: Publication): object {
  return {
    agencies: Object.entries(agencies).map(([id, about]) => ({
      id,
      name: { en: `${id} (synthetic)`, fr: `${id} (fictif)` },
      ...about,
      status: 'active',
      desks: [],
      certificates: (listed.get(id) ?? []).map(certificate),
      ...extra,
    })),
    ...extra,
  }
}
