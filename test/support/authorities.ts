// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import fc from 'fast-check'
import { type Issued, issue, makeCrl, toPem } from '../../certs-dev/pki.ts'

/**
 * Authorities as they grow over the years: several of one name, cross-signed, renewed, expired, with and without key identifiers.
 * A `World` says what there is, in numbers; `build` makes the certificates; `hasGoodPath` tries every way there is.
 */
export type World = {
  /** Who has a key, by name: authorities of one name are told apart by key alone. */
  readonly authorities: readonly { readonly name: number; readonly list: 'current' | 'lapsed' | 'none' }[]
  readonly certificates: readonly Vouching[]
  /** Which authority has issued the leaf, and whether it is on that one's list. */
  readonly leaf: { readonly by: number; readonly revoked: boolean }
}

/** One authority's certificate by another, or by itself. */
type Vouching = {
  readonly of: number
  readonly by: number
  readonly when: 'now' | 'past' | 'future'
  readonly revoked: boolean
  readonly identifiers: boolean
  readonly pathLength?: number
}

const HOUR = 3_600_000
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' }
const NAMES = ['CN=Alpha', 'C=FR, CN=Beta', 'CN=Gamma']

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) })

export const worlds: fc.Arbitrary<World> = fc.integer({ min: 2, max: 5 }).chain((count) => {
  const someone = fc.nat(count - 1)
  return fc.record({
    authorities: fc.array(
      fc.record({
        name: fc.nat(NAMES.length - 1),
        list: mostly<'current' | 'lapsed' | 'none'>('current', 'lapsed', 'none'),
      }),
      { minLength: count, maxLength: count },
    ),
    certificates: fc.array(
      fc
        .record({
          of: someone,
          by: someone,
          self: fc.boolean(),
          when: mostly<'now' | 'past' | 'future'>('now', 'past', 'future'),
          revoked: mostly(false, true),
          identifiers: fc.boolean(),
          pathLength: fc.constantFrom(undefined, undefined, undefined, 0, 1),
        })
        .map(({ self, pathLength, ...one }) => ({
          ...one,
          by: self ? one.of : one.by,
          ...(pathLength === undefined ? {} : { pathLength }),
        })),
      { minLength: 1, maxLength: 8 },
    ),
    leaf: fc.record({ by: someone, revoked: mostly(false, true) }),
  })
})

export type Built = {
  /** PEM, in the order of the world's. */
  readonly certificates: readonly string[]
  readonly crls: readonly string[]
  readonly leaf: Issued
}

/** Makes the keys, certificates and lists of a world around a time. */
export async function build({ authorities, certificates, leaf }: World, now: Date): Promise<Built> {
  const at = (hours: number) => new Date(now.getTime() + hours * HOUR)
  const validities = {
    now: { notBefore: at(-9), notAfter: at(9) },
    past: { notBefore: at(-9), notAfter: at(-1) },
    future: { notBefore: at(1), notAfter: at(9) },
  }
  const keys = await Promise.all(authorities.map(makeKeys))
  const nameOf = (authority: number) => NAMES[authorities[authority]?.name ?? 0] ?? ''
  const made = await Promise.all(
    certificates.map(async ({ of, by, when, identifiers, pathLength }) => {
      const [subject, issuer] = [keys[of], keys[by]]
      if (!subject || !issuer) throw new Error('nobody')
      const extensions: Extension[] = [new BasicConstraintsExtension(true, pathLength, true)]
      if (identifiers) {
        extensions.push(await SubjectKeyIdentifierExtension.create(subject.publicKey))
        extensions.push(await AuthorityKeyIdentifierExtension.create(issuer.publicKey))
      }
      return X509CertificateGenerator.create({
        subject: nameOf(of),
        issuer: nameOf(by),
        serialNumber: `40${randomBytes(8).toString('hex')}`,
        ...validities[when],
        publicKey: subject.publicKey,
        signingKey: issuer.privateKey,
        signingAlgorithm: SIGNATURE,
        extensions,
      })
    }),
  )
  // Signs leaves and lists, whatever its own certificate: the name and the key are all that counts in them.
  const issuers = await Promise.all(
    keys.map(async (pair, authority) => {
      const name = nameOf(authority)
      const certificate = await X509CertificateGenerator.create({
        subject: name,
        issuer: name,
        ...validities.now,
        publicKey: pair.publicKey,
        signingKey: pair.privateKey,
        signingAlgorithm: SIGNATURE,
      })
      return { certificate: new X509Certificate(certificate.rawData), key: pair.privateKey, chain: [] }
    }),
  )
  const issuer = issuers[leaf.by]
  if (!issuer) throw new Error('nobody')
  const issued = await issue(issuer, { subject: 'CN=leaf', validity: validities.now, use: 'tls' })
  const crls = await Promise.all(
    issuers.map(async (one, authority) => {
      const list = authorities[authority]?.list
      if (list === undefined || list === 'none') return ''
      const serials = [
        ...made.filter((_, place) => certificates[place]?.by === authority && certificates[place]?.revoked),
        ...(leaf.by === authority && leaf.revoked ? [{ serialNumber: issued.serial }] : []),
      ].map(({ serialNumber }) => serialNumber)
      return makeCrl(one, {
        number: 1,
        thisUpdate: at(-9),
        nextUpdate: list === 'current' ? at(9) : at(-1),
        revoked: serials.map((serial) => ({ serial, at: at(-2) })),
      })
    }),
  )
  return { certificates: made.map(toPem), crls: crls.filter((crl) => crl !== ''), leaf: issued }
}

/** Whether any way leads from the leaf to an anchor on which everything is as RFC 5280 wants it: all are tried, none is cut short. */
export function hasGoodPath({ authorities, certificates, leaf }: World): boolean {
  const isCurrent = (authority: number) => authorities[authority]?.list === 'current'
  const name = (authority: number) => authorities[authority]?.name
  if (leaf.revoked || !isCurrent(leaf.by)) return false

  const goesOn = (authority: number, below: number, passed: readonly Vouching[]): boolean =>
    certificates.some((one) => {
      if (one.of !== authority || passed.includes(one)) return false
      if (one.when !== 'now' || one.revoked || !isCurrent(one.by)) return false
      if (below > (one.pathLength ?? Number.POSITIVE_INFINITY)) return false
      if (one.of === one.by) return true
      const counts = name(one.of) !== name(one.by)
      return goesOn(one.by, below + (counts ? 1 : 0), [...passed, one])
    })
  return goesOn(leaf.by, 0, [])
}

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new TypeError('a key pair was asked for')
  return keys
}
