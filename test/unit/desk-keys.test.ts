import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
import 'reflect-metadata'
import { Pkcs10CertificateRequest } from '@peculiar/x509'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { issue, makeRoot } from '../../certs-dev/pki.ts'
import { certificatesOf, toPem } from '../../desk/keys/pem.ts'
import { openPkcs12 } from '../../desk/keys/pkcs12.ts'
import { readCertificate } from '../../desk/keys/certificate.ts'
import { requestCertificate } from '../../desk/keys/request.ts'
import { parseCertificates } from '../../gateway/identity/identity.ts'
import { makePkcs12 } from '../../sdk/cli/pkcs12.ts'

/** How the signing key of a device is made, asked for, and taken from a file. */

const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2028-01-01T00:00:00Z') }
const root = await makeRoot('C=GB, O=Test, CN=Test', validity)
const issued = await issue(root, {
  subject: 'C=FR, O=fr-rys, CN=fr-rys signing',
  validity,
  use: 'signing',
  algorithm: 'ES256',
  local: false,
})
const [leaf] = parseCertificates(issued.crt)
const pkcs8 = createPrivateKey(issued.key).export({ type: 'pkcs8', format: 'der' })
const bytes = (buffer: Buffer) => new Uint8Array(buffer)
const file = bytes(makePkcs12(pkcs8, leaf === undefined ? [] : [leaf.der], { name: 'fr-rys', password: 'passerelle' }))

describe('a PKCS#12 file', () => {
  test('gives its key and its certificates', async () => {
    const opened = await openPkcs12(file, 'passerelle')
    if (typeof opened === 'string') throw new Error(opened)
    expect(opened.certificates).toEqual([bytes(leaf?.der ?? Buffer.alloc(0))])
    const key = await crypto.subtle.importKey('pkcs8', opened.key, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
    ])
    expect(key.extractable).toBe(false)
    expect(createPrivateKey({ key: Buffer.from(opened.key), format: 'der', type: 'pkcs8' }).asymmetricKeyType).toBe(
      'ec',
    )
  })

  test.each([
    ['a wrong password', file, 'passerella', 'wrong-password'],
    ['no password', file, '', 'wrong-password'],
    ['no PKCS#12 at all', new TextEncoder().encode('a photograph'), 'passerelle', 'not-pkcs12'],
    ['nothing', new Uint8Array(0), 'passerelle', 'not-pkcs12'],
    ['a certificate', bytes(leaf?.der ?? Buffer.alloc(0)), 'passerelle', 'not-pkcs12'],
  ])('that is or has %s says so', async (_, content, password, fault) => {
    expect(await openPkcs12(content, password)).toBe(fault)
  })

  test('that was cut off or changed anywhere gives no key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), async (place) => {
        expect(typeof (await openPkcs12(file.slice(0, place), 'passerelle'))).toBe('string')
      }),
      { numRuns: 10 },
    )
  })
})

test('a request is for the agency’s signing key, is signed by it, and asks for what section 1 wants', async () => {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  const pem = await requestCertificate('fr-rys', keys)
  const request = new Pkcs10CertificateRequest(pem)
  expect(await request.verify()).toBe(true)
  expect(request.subject).toBe('CN=fr-rys signing, O=fr-rys, C=FR')
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey))
  expect(Buffer.from(request.publicKey.rawData)).toEqual(spki)
  expect(request.extensions.map(({ type, critical }) => [type, critical])).toEqual([['2.5.29.15', true]])
})

describe('a certificate', () => {
  test('is read: its thumbprint, its key, until when it is good', async () => {
    const read = await readCertificate(bytes(leaf?.der ?? Buffer.alloc(0)))
    expect(read).toMatchObject({ thumbprint: leaf?.thumbprint, notAfter: validity.notAfter })
    expect(Buffer.from(read?.spki ?? [])).toEqual(leaf?.publicKey.export({ type: 'spki', format: 'der' }))
  })

  test('that is none is nothing', async () => {
    expect(await readCertificate(new Uint8Array([48, 0]))).toBeUndefined()
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(await readCertificate(bytes(publicKey.export({ type: 'spki', format: 'der' })))).toBeUndefined()
  })

  test('is found in a text in PEM, whatever stands around it', () => {
    const der = bytes(leaf?.der ?? Buffer.alloc(0))
    expect(certificatesOf(`subject=x\r\n${toPem('CERTIFICATE', der).replaceAll('\n', '\r\n')}\n-----END`)).toEqual([
      der,
    ])
    expect(certificatesOf('-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----')).toEqual([])
    expect(certificatesOf('-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----')).toEqual([])
    expect(certificatesOf('')).toEqual([])
  })
})
