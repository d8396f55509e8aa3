// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
import 'reflect-metadata'
import { type KeyObject, KeyObject as Keys, webcrypto } from 'node:crypto'
import { X509Certificate, X509CertificateGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509'
import { digestOf } from '../../sdk/keys.ts'
import { makeSigner } from '../../sdk/identity.ts'
import type { Signer } from '../../sdk/sign.ts'
import type { Algorithm, Directory, Envelope, WellKnown } from '../../sdk/index.ts'

const suites = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  EdDSA: { name: 'Ed25519' },
  PS256: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
} as const

export type Party = { readonly id: string; readonly certificate: string; readonly key: string; readonly signer: Signer }

/** A self-signed certificate of an hour around `now` with its key, and the signer that the SDK makes of them. */
export async function makeParty(id: string, alg: Algorithm, now = new Date()): Promise<Party> {
  const suite = suites[alg]
  const keys = await webcrypto.subtle.generateKey(suite, true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new TypeError('a key pair was asked for')
  const issued = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${id}`,
    keys,
    signingAlgorithm: suite,
    notBefore: new Date(now.getTime() - 1_800_000),
    notAfter: new Date(now.getTime() + 1_800_000),
    extensions: [
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  })
  const key: KeyObject = Keys.from(keys.privateKey)
  const pem = key.export({ type: 'pkcs8', format: 'pem' })
  return { id, certificate: issued.toString('pem'), key: pem, signer: makeSigner(issued.toString('pem'), pem) }
}

function published(party: Party, revokedAt?: string) {
  const { notBefore, notAfter } = new X509Certificate(party.certificate)
  const times = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() }
  return {
    pem: party.certificate,
    thumbprint: party.signer.thumbprint,
    ...times,
    current: true,
    ...(revokedAt !== undefined && { revokedAt }),
  }
}

export function wellKnownOf(gateway: Party): WellKnown {
  const limits = { messageBytes: 262144, attachmentBytes: 26214400, perMinute: 600 }
  const versions = { protocolVersion: '1', schemaVersions: ['1.0'] } as const
  const certificates = { signingCertificates: [published(gateway)], tlsCertificates: [] }
  return { id: gateway.id, environment: 'test', ...versions, limits, ...certificates }
}

export function directoryOf(parties: readonly Party[], revokedAt?: string): Directory {
  const rest = {
    name: { en: 'a', fr: 'a' },
    kind: 'ngo',
    roles: ['referrer'],
    country: 'FR',
    status: 'active',
  } as const
  return { agencies: parties.map((party) => ({ ...rest, id: party.id, certificates: [published(party, revokedAt)] })) }
}

export const envelope: Envelope = {
  id: '0190a000-0000-7000-8000-000000000001',
  type: 'information-request',
  schemaVersion: '1.0',
  from: 'fr-rys',
  to: 'gb-ctac',
  caseId: '0190a000-0000-7000-8000-000000001002',
  priority: 'urgent',
  body: { name: 'ኣዳም ተስፋይ' },
}

/** The payload of an acceptance receipt of a message by a gateway. */
export function acceptanceOf(message: string, gateway: Party) {
  const { id, caseId, type, from, to } = envelope
  return {
    receiptId: '0190a000-0000-7000-8000-000000000009',
    event: 'SubmissionAcceptance',
    messageId: id,
    caseId,
    type,
    from,
    to,
    messageDigest: digestOf(message),
    at: '2026-01-01T00:00:00.000Z',
    gateway: gateway.id,
    attempt: 0,
  }
}
