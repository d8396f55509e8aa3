// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
import 'reflect-metadata'
import { createPublicKey, createVerify, webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Issued, type Issuer, issue, makeCrl, makeIntermediate, makeRoot, toPem } from '../../certs-dev/pki.ts'
import {
  type Certificate,
  isIssuedBy,
  isStrong,
  parseCertificate,
  parseCertificates,
} from '../../gateway/identity/certificate.ts'
import { isCrlOf, parseCrl, parseCrls, revokedSince } from '../../gateway/identity/crl.ts'
import { CertificateFault } from '../../gateway/identity/der-blocks.ts'

const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2036-01-01T00:00:00Z') }
const list = { number: 1, thisUpdate: validity.notBefore, nextUpdate: validity.notAfter, revoked: [] }

let root: Issuer
let intermediate: Issuer
let leaf: Issued
let certificate: Certificate

beforeAll(async () => {
  root = await makeRoot('C=FR, O="Essai, Dupont & Cie", CN=Root', validity)
  intermediate = await makeIntermediate(root, 'C=FR, CN=Intermediate', validity)
  leaf = await issue(intermediate, { subject: 'C=FR, CN=leaf', validity, use: 'signing' })
  certificate = parseCertificate(leaf.crt)
})

describe('a certificate', () => {
  test('is read with all that the gateway goes by', () => {
    expect(certificate).toMatchObject({
      kind: 'P-256',
      subject: 'C=FR, CN=leaf',
      issuer: 'C=FR, CN=Intermediate',
      serial: leaf.serial,
      isAuthority: false,
      maySign: true,
      selfSigned: false,
      understood: true,
      ...validity,
    })
    expect(certificate.pem).toBe(leaf.pem)
    expect(parseCertificate(certificate.der)).toBe(certificate)
    const authority = parseCertificate(toPem(intermediate.certificate))
    expect(authority).toMatchObject({ isAuthority: true, pathLength: 0, maySignCrls: true, selfSigned: false })
    expect(parseCertificate(toPem(root.certificate))).toMatchObject({ isAuthority: true, selfSigned: true })
  })

  test('comes from a text of several, in their order', () => {
    expect(parseCertificates(leaf.crt).map(({ subject }) => subject)).toEqual([
      'C=FR, CN=leaf',
      'C=FR, CN=Intermediate',
    ])
    expect(parseCertificates('no block')).toEqual([])
    expect(parseCertificates(Buffer.from(leaf.crt))).toHaveLength(2)
  })

  test.each([
    ['ES256', 'P-256'],
    ['ES384', 'P-384'],
    ['PS256', 'RSA'],
    ['EdDSA', 'Ed25519'],
  ] as const)('of %s has a key of %s and is strong', async (algorithm, kind) => {
    const { pem } = await issue(intermediate, { subject: 'CN=x', validity, use: 'signing', algorithm })
    expect(parseCertificate(pem).kind).toBe(kind)
    expect(isStrong(parseCertificate(pem))).toBe(true)
  })

  test.each([
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) },
    { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-521' },
  ])('of a $name key outside section 3 is not strong', async (algorithm) => {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    if (!('privateKey' in keys)) throw new TypeError('a key pair was asked for')
    const weak = await X509CertificateGenerator.createSelfSigned({ name: 'CN=weak', keys, signingAlgorithm: algorithm })
    expect(isStrong(parseCertificate(toPem(weak)))).toBe(false)
  })

  test('with anything after it, or that is none, is refused without a word of it', () => {
    const refused = [
      Buffer.concat([certificate.der, Buffer.from([0])]),
      certificate.der.subarray(0, -1),
      Buffer.alloc(0),
      '',
      '-----BEGIN CERTIFICATE-----\nSecret!!\n-----END CERTIFICATE-----',
      '-----BEGIN CERTIFICATE-----\n',
      '-----BEGIN CERTIFICATE-----\nTWFyaWU=\n-----END CERTIFICATE-----',
    ]
    for (const source of refused) expect(() => parseCertificate(source)).toThrow(CertificateFault)
  })

  test('of arbitrary bytes is a fault and never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => parseCertificate(Buffer.from(bytes))).toThrow(CertificateFault)
        expect(() => parseCrl(Buffer.from(bytes))).toThrow(CertificateFault)
      }),
    )
  })

  test('changed in one bit is unreadable or not its issuer’s', () => {
    const authority = parseCertificate(toPem(intermediate.certificate))
    expect(isIssuedBy(certificate, authority)).toBe(true)
    fc.assert(
      fc.property(fc.nat(certificate.der.length * 8 - 1), (bit) => {
        const changed = readIfPossible(() => parseCertificate(flip(certificate.der, bit)))
        expect(changed && isIssuedBy(changed, authority)).not.toBe(true)
      }),
    )
  })

  test('is nobody else’s: not of a stranger of the same name, nor of a leaf', async () => {
    const stranger = await makeIntermediate(root, 'C=FR, CN=Intermediate', validity)
    expect(isIssuedBy(certificate, parseCertificate(toPem(stranger.certificate)))).toBe(false)
    expect(isIssuedBy(certificate, certificate)).toBe(false)
  })
})

describe('a revocation list', () => {
  test('says what it revokes, by whom and under which number, whatever these are', async () => {
    const serials = fc.uniqueArray(fc.bigInt({ min: 1n, max: 2n ** 127n - 1n }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(serials, fc.nat(), async (numbers, number) => {
        const revoked = numbers.map((serial) => ({ serial: serial.toString(16), at: validity.notBefore }))
        const crl = parseCrl(await makeCrl(root, { ...list, number, revoked }))
        expect(crl.size).toBe(revoked.length)
        for (const { serial, at } of revoked) expect(revokedSince(crl, serial)).toEqual(at)
        expect(crl).toMatchObject({ number: BigInt(number), thisUpdate: list.thisUpdate, nextUpdate: list.nextUpdate })
        expect(isCrlOf(crl, parseCertificate(toPem(root.certificate)))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('is its issuer’s alone', async () => {
    const crl = parseCrl(await makeCrl(intermediate, list))
    const sameName = await makeRoot('C=FR, CN=Intermediate', validity)
    expect(isCrlOf(crl, parseCertificate(toPem(intermediate.certificate)))).toBe(true)
    expect(isCrlOf(crl, parseCertificate(toPem(sameName.certificate)))).toBe(false)
    expect(isCrlOf(crl, parseCertificate(toPem(root.certificate)))).toBe(false)
    expect(isCrlOf(crl, certificate)).toBe(false)
  })

  test('changed in one bit is unreadable or not its issuer’s', async () => {
    const issuer = parseCertificate(toPem(intermediate.certificate))
    const revoked = [{ serial: '7b', at: validity.notBefore }]
    const der = Buffer.from(parseCrl(await makeCrl(intermediate, { ...list, revoked })).der)
    fc.assert(
      fc.property(fc.nat(der.length * 8 - 1), (bit) => {
        const changed = readIfPossible(() => parseCrl(flip(der, bit)))
        expect(changed && isCrlOf(changed, issuer)).not.toBe(true)
      }),
    )
  })

  test('comes from a text of several, or from DER', async () => {
    const text = `${await makeCrl(root, list)}${await makeCrl(intermediate, list)}`
    const [first, second] = parseCrls(text)
    expect(second?.issuer).toBe(parseCertificate(toPem(intermediate.certificate)).subjectName)
    expect(parseCrl(Buffer.from(first?.der ?? [])).digest).toBe(first?.digest)
  })
})

test('the keys that certs-dev writes are those of their certificates', async () => {
  const { key, pem } = await issue(root, { subject: 'CN=x', validity, use: 'tls' })
  expect(createPublicKey(key).equals(parseCertificate(pem).publicKey)).toBe(true)
  expect(createVerify('sha256').update('').verify(parseCertificate(pem).publicKey, Buffer.alloc(0))).toBe(false)
})

function flip(der: Buffer, bit: number): Buffer {
  const copy = Buffer.from(der)
  const at = bit >> 3
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (bit & 7)), at)
  return copy
}

function readIfPossible<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    expect(error).toBeInstanceOf(CertificateFault)
    return undefined
  }
}
