// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
import 'reflect-metadata'
import { KeyObject, webcrypto } from 'node:crypto'
import { X509Certificate, X509CertificateGenerator, X509CrlGenerator } from '@peculiar/x509'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Issuer, makeCrl, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { type Certificate, isIssuedBy, parseCertificate } from '../../gateway/identity/certificate.ts'
import { isCrlOf, parseCrl, parseCrls, revokedSince } from '../../gateway/identity/crl.ts'
import { CertificateFault } from '../../gateway/identity/der-blocks.ts'
import { countSerials, element, type LargeList, makeLargeCrl } from '../support/large-crl.ts'

const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2036-01-01T00:00:00Z') }

let root: Issuer
let issuer: Certificate
let list: Omit<LargeList, 'serials'>

beforeAll(async () => {
  root = await makeRoot('C=FR, CN=Root', validity)
  issuer = parseCertificate(toPem(root.certificate))
  list = {
    issuer: Buffer.from(root.certificate.subjectName.toArrayBuffer()),
    key: KeyObject.from(root.key),
    number: 7,
    thisUpdate: validity.notBefore,
    nextUpdate: validity.notAfter,
  }
})

const hexOf = (serial: Buffer) => serial.toString('hex').replace(/^0+(?=.)/, '')

test.each([0, 1, 3_328, 100_000])('of %i entries is read whole, and each is found, and no other', (count) => {
  const crl = parseCrl(makeLargeCrl({ ...list, serials: countSerials(count) }))
  expect(crl).toMatchObject({ size: count, number: 7n })
  expect(isCrlOf(crl, issuer)).toBe(true)
  let found = 0
  for (const serial of countSerials(count)) {
    if (revokedSince(crl, hexOf(serial))?.getTime() === list.thisUpdate.getTime()) found += 1
    serial.writeUInt32BE(serial.readUInt32BE(12) + 1, 12)
    if (revokedSince(crl, hexOf(serial)) !== undefined) found -= 1
  }
  expect(found).toBe(count)
})

test('whatever the serial numbers: of any length, alike but for a zero, twice', () => {
  const octets = fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .map((bytes) => Buffer.from([...((bytes[0] ?? 0) > 0x7f ? [0] : []), ...bytes]))
  fc.assert(
    fc.property(fc.array(octets, { maxLength: 60 }), fc.array(octets, { maxLength: 20 }), (listed, others) => {
      const crl = parseCrl(makeLargeCrl({ ...list, serials: [...listed, ...listed] }))
      const known = new Set(listed.map(hexOf))
      for (const serial of known) expect(revokedSince(crl, serial)).toEqual(list.thisUpdate)
      for (const serial of others.map(hexOf)) expect(revokedSince(crl, serial) !== undefined).toBe(known.has(serial))
    }),
  )
})

test('the same number again and again has one place', () => {
  const one = Buffer.from('0102', 'hex')
  const crl = parseCrl(makeLargeCrl({ ...list, serials: Array.from({ length: 200_000 }, () => one) }))
  expect(revokedSince(crl, '102')).toBeDefined()
  expect(crl.table.reduce((places, at) => places + (at === 0 ? 0 : 1), 0)).toBe(1)
})

describe('is refused', () => {
  const good = () => makeLargeCrl({ ...list, serials: countSerials(3) })

  test('where it ends before its end, wherever that is, or goes on after it', () => {
    const der = good()
    for (let length = 0; length < der.length; length++)
      expect(() => parseCrl(der.subarray(0, length))).toThrow(CertificateFault)
    expect(() => parseCrl(Buffer.concat([der, Buffer.of(0)]))).toThrow('has bytes after the CRL')
  })

  test.each<[string, (der: Buffer) => Buffer]>([
    ['of indefinite length', (der) => Buffer.concat([Buffer.of(0x30, 0x80), der.subarray(3)])],
    ['with a length longer than need be', (der) => Buffer.concat([Buffer.of(0x30, 0x82, 0), der.subarray(2)])],
    ['with a day that there is not', (der) => replace(der, '260101000000Z', '260231000000Z')],
    ['with an hour that there is not', (der) => replace(der, '260101000000Z', '260101240000Z')],
    ['with a time without seconds', (der) => replace(der, '260101000000Z', '2601010000-01')],
    ['that is signed over SHA-1', (der) => replace(der, '*\x86H\xce=\x04\x03\x02', '*\x86H\xce=\x04\x01\x00')],
    ['whose version there is not', (der) => replace(der, '\x02\x01\x01', '\x02\x01\x03')],
  ])('%s', (_what, change) => {
    const der = good()
    expect(change(der).equals(der)).toBe(false)
    expect(() => parseCrl(change(der))).toThrow(CertificateFault)
  })

  test.each<[string, Buffer[], string]>([
    ['no next update', [], 'names no next update'],
    [
      'a critical extension',
      [
        time('361231000000Z'),
        element(0xa0, element(0x30, element(0x30, oid('551d1c'), Buffer.from('0101ff', 'hex'), element(0x04)))),
      ],
      'has a critical extension',
    ],
    [
      'an entry with a critical extension',
      [
        time('361231000000Z'),
        element(
          0x30,
          element(
            0x30,
            Buffer.from('020101', 'hex'),
            time('260101000000Z'),
            element(0x30, element(0x30, oid('551d1d'), Buffer.from('0101ff', 'hex'), element(0x04))),
          ),
        ),
      ],
      'has a critical extension',
    ],
    [
      'a CRL number of 21 octets',
      [
        time('361231000000Z'),
        element(0xa0, element(0x30, element(0x30, oid('551d14'), element(0x04, element(0x02, Buffer.alloc(21, 1)))))),
      ],
      'has no proper CRL number',
    ],
  ])('with %s', (_what, rest, fault) => {
    const algorithm = Buffer.from('300a06082a8648ce3d040302', 'hex')
    const tbs = element(0x30, Buffer.from('020101', 'hex'), algorithm, list.issuer, time('260101000000Z'), ...rest)
    const der = element(0x30, tbs, algorithm, element(0x03, Buffer.alloc(9)))
    expect(() => parseCrl(der)).toThrow(fault)
  })
})

test('one of version 1, without extensions, is taken', () => {
  const algorithm = Buffer.from('300a06082a8648ce3d040302', 'hex')
  const tbs = element(0x30, algorithm, list.issuer, time('260101000000Z'), time('361231000000Z'))
  const crl = parseCrl(element(0x30, tbs, algorithm, element(0x03, Buffer.alloc(9))))
  expect(crl).toMatchObject({ size: 0, issuer: issuer.subjectName })
  expect(crl.number).toBeUndefined()
})

test('many in one text are all read', async () => {
  const entries = { number: 1, thisUpdate: validity.notBefore, nextUpdate: validity.notAfter, revoked: [] }
  const texts = await Promise.all([1, 2, 3].map((number) => makeCrl(root, { ...entries, number })))
  expect(parseCrls(texts.join('\n')).map(({ number }) => number)).toEqual([1n, 2n, 3n])
})

describe('RSASSA-PSS is judged by the hash in its parameters', () => {
  test.each([
    ['SHA-256', true],
    ['SHA-512', true],
    ['SHA-1', false],
  ])('%s', async (hash, counts) => {
    const algorithm = { name: 'RSA-PSS', hash, saltLength: 20 }
    const keys = await webcrypto.subtle.generateKey(
      { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
      true,
      ['sign', 'verify'],
    )
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=PSS',
      keys,
      ...validity,
      signingAlgorithm: algorithm,
      extensions: [],
    })
    const parsed = parseCertificate(toPem(new X509Certificate(certificate.rawData)))
    expect(isIssuedBy(parsed, { ...parsed, isAuthority: true })).toBe(counts)
    const crl = await X509CrlGenerator.create({
      issuer: 'CN=PSS',
      thisUpdate: validity.notBefore,
      nextUpdate: validity.notAfter,
      signingAlgorithm: algorithm,
      signingKey: keys.privateKey,
    })
    const read = () => parseCrl(Buffer.from(crl.rawData))
    if (counts) expect(isCrlOf(read(), parsed)).toBe(true)
    else expect(read).toThrow('is signed by an algorithm that proves nothing')
  })
})

const oid = (content: string) => element(0x06, Buffer.from(content, 'hex'))
const time = (text: string) => element(0x17, Buffer.from(text))

function replace(der: Buffer, from: string, to: string): Buffer {
  return Buffer.from(der.toString('latin1').replaceAll(from, to), 'latin1')
}
