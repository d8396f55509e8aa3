// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
import 'reflect-metadata'
import { type KeyObject, webcrypto, type X509Certificate } from 'node:crypto'
import { Extension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } from '@peculiar/x509'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Issuer, issue, makeCrl, makeIntermediate, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { type Certificate, isIssuedBy, parseCertificate } from '../../gateway/identity/certificate.ts'
import { makeJudge } from '../../gateway/identity/chain.ts'
import { type Crl, isCrlOf, parseCrl } from '../../gateway/identity/crl.ts'
import { makeHeavyCertificate } from '../support/heavy-key.ts'

const day = (date: string) => new Date(`${date}T00:00:00Z`)
const NOW = day('2026-06-01')
const GRACE = 86_400_000
const validity = { notBefore: day('2026-01-01'), notAfter: day('2028-01-01') }

let root: Issuer
let intermediate: Issuer

beforeAll(async () => {
  root = await makeRoot('CN=Root', validity)
  intermediate = await makeIntermediate(root, 'CN=Intermediate', validity)
})

const read = ({ certificate }: Issuer) => parseCertificate(toPem(certificate))

async function leafOf(issuer: Issuer, change: Partial<Parameters<typeof issue>[1]> = {}): Promise<Certificate> {
  const { pem } = await issue(issuer, { subject: 'CN=leaf', validity, use: 'signing', ...change })
  return parseCertificate(pem)
}

async function crlOf(
  issuer: Issuer,
  revoked: readonly Certificate[] = [],
  nextUpdate = day('2027-01-01'),
): Promise<Crl> {
  const entries = revoked.map(({ serial }) => ({ serial, at: validity.notBefore }))
  return parseCrl(await makeCrl(issuer, { number: 1, thisUpdate: validity.notBefore, nextUpdate, revoked: entries }))
}

function courtOf(issuers: readonly Issuer[], crls: readonly Crl[]) {
  return makeJudge({
    certificates: issuers.map(read),
    crlOf: (issuer) => crls.find((crl) => isCrlOf(crl, issuer)),
    crlGraceMs: GRACE,
  })
}

const judgeBy = (issuers: readonly Issuer[], crls: readonly Crl[]) => courtOf(issuers, crls).judge

test('a chain to an anchor is good, by the CRL of the leaf’s issuer', async () => {
  const leaf = await leafOf(intermediate)
  const crls = [await crlOf(root), await crlOf(intermediate, [], day('2026-12-01'))]
  const verdict = judgeBy([root, intermediate], crls)(leaf, [], NOW)
  expect(verdict).toMatchObject({ good: true, crl: crls[1]?.digest, grounds: { crl: crls[1], above: { length: 2 } } })
})

test('a leaf straight from an anchor is good', async () => {
  const judge = judgeBy([root], [await crlOf(root)])
  expect(judge(await leafOf(root), [], NOW).good).toBe(true)
})

test('an intermediate that is no anchor may come from the sender, and only helps', async () => {
  const leaf = await leafOf(intermediate)
  const judge = judgeBy([root], [await crlOf(root), await crlOf(intermediate)])
  expect(judge(leaf, [], NOW)).toEqual({ good: false, reason: 'unchained' })
  expect(judge(leaf, [read(intermediate)], NOW).good).toBe(true)
  const own = await makeRoot('CN=Root', validity)
  expect(judge(await leafOf(own), [read(own)], NOW)).toEqual({ good: false, reason: 'unchained' })
})

test('an intermediate alone is no anchor', async () => {
  const judge = judgeBy([intermediate], [await crlOf(root), await crlOf(intermediate)])
  expect(judge(await leafOf(intermediate), [], NOW)).toEqual({ good: false, reason: 'unchained' })
})

test('validity counts at each link', async () => {
  const crls = [await crlOf(root), await crlOf(intermediate)]
  const judge = judgeBy([root, intermediate], crls)
  const short = await leafOf(intermediate, { validity: { notBefore: day('2026-05-01'), notAfter: day('2026-07-01') } })
  expect(judge(short, [], day('2026-04-30'))).toEqual({ good: false, reason: 'not-yet-valid' })
  expect(judge(short, [], day('2026-07-01')).good).toBe(true)
  expect(judge(short, [], day('2026-07-02'))).toEqual({ good: false, reason: 'expired' })

  const old = await makeIntermediate(root, 'CN=Old', { notBefore: day('2026-01-01'), notAfter: day('2026-02-01') })
  const late = judgeBy([root, old], [...crls, await crlOf(old)])
  expect(late(await leafOf(old), [], NOW)).toEqual({ good: false, reason: 'expired' })
})

test('a judge who was asked before answers as one who was not, at every boundary and in any order', async () => {
  const leaf = await leafOf(intermediate, { validity: { notBefore: day('2026-03-01'), notAfter: day('2026-12-20') } })
  const crls = [await crlOf(root, [], day('2026-11-01')), await crlOf(intermediate, [], day('2026-10-01'))]
  const experienced = judgeBy([root, intermediate], crls)
  const boundaries = [day('2026-03-01'), day('2026-10-01'), day('2026-10-02'), day('2026-11-01'), day('2026-12-20')]
  const times = boundaries.flatMap((boundary) => [-1, 0, 1].map((ms) => new Date(boundary.getTime() + ms)))
  const goods = [NOW, ...times, NOW, ...times.toReversed()].map((at) => {
    const verdict = experienced(leaf, [], at)
    expect(verdict).toEqual(judgeBy([root, intermediate], crls)(leaf, [], at))
    return verdict.good
  })
  expect(new Set(goods)).toEqual(new Set([true, false]))
})

test('revocation counts at each link, even by a list that has lapsed', async () => {
  const leaf = await leafOf(intermediate)
  const byIntermediate = judgeBy([root, intermediate], [await crlOf(root), await crlOf(intermediate, [leaf])])
  expect(byIntermediate(leaf, [], NOW)).toEqual({ good: false, reason: 'revoked' })
  const byRoot = judgeBy([root, intermediate], [await crlOf(root, [read(intermediate)]), await crlOf(intermediate)])
  expect(byRoot(leaf, [], NOW)).toEqual({ good: false, reason: 'revoked' })
  const lapsed = await crlOf(intermediate, [leaf], day('2026-02-01'))
  expect(judgeBy([root, intermediate], [await crlOf(root), lapsed])(leaf, [], NOW)).toMatchObject({ reason: 'revoked' })
})

test('each issuer needs a list, current or within its grace', async () => {
  const leaf = await leafOf(intermediate)
  for (const one of [root, intermediate]) {
    const judge = judgeBy([root, intermediate], [await crlOf(one)])
    expect(judge(leaf, [], NOW)).toEqual({ good: false, reason: 'no-current-crl' })
  }
  const judge = judgeBy([root, intermediate], [await crlOf(root), await crlOf(intermediate, [], NOW)])
  expect(judge(leaf, [], new Date(NOW.getTime() + GRACE)).good).toBe(true)
  expect(judge(leaf, [], new Date(NOW.getTime() + GRACE + 1))).toEqual({ good: false, reason: 'no-current-crl' })
})

test('an authority stands only where its pathLength allows, and a leaf signs nothing', async () => {
  const below = await makeIntermediate(intermediate, 'CN=Below', validity)
  const judge = judgeBy(
    [root, intermediate, below],
    await Promise.all([root, intermediate, below].map((one) => crlOf(one))),
  )
  expect(judge(await leafOf(below), [], NOW)).toEqual({ good: false, reason: 'unchained' })
})

test('of two authorities of one name the one that signed counts, in either order', async () => {
  const renewed = await makeIntermediate(root, 'CN=Intermediate', validity)
  const crls = [await crlOf(root), await crlOf(renewed)]
  for (const order of [
    [root, intermediate, renewed],
    [root, renewed, intermediate],
  ]) {
    const judge = judgeBy(order, crls)
    expect(judge(await leafOf(renewed), [], NOW).good).toBe(true)
    expect(judge(await leafOf(intermediate), [], NOW)).toEqual({ good: false, reason: 'no-current-crl' })
  }
})

test('of a hundred authorities of one name in the folder the one that signed is found', async () => {
  const crowd = await Promise.all(Array.from({ length: 99 }, () => makeIntermediate(root, 'CN=Intermediate', validity)))
  const judge = judgeBy([root, ...crowd, intermediate], [await crlOf(root), await crlOf(intermediate)])
  expect(judge(await leafOf(intermediate), [], NOW).good).toBe(true)
})

test('what a sender adds costs a bounded number of signature checks, and counts up to ten', async () => {
  let checks = 0
  const crowd = await Promise.all(Array.from({ length: 12 }, () => makeIntermediate(root, 'CN=Intermediate', validity)))
  const counting = (certificate: Certificate): Certificate => {
    const verify = (key: KeyObject) => {
      checks += 1
      return certificate.x509.verify(key)
    }
    return { ...certificate, x509: Object.assign(Object.create(certificate.x509) as X509Certificate, { verify }) }
  }
  const judge = judgeBy([root], [await crlOf(root), await crlOf(intermediate)])
  const leaf = counting(await leafOf(intermediate))
  const extra = crowd.map(read).map(counting)
  expect(judge(leaf, extra, NOW)).toEqual({ good: false, reason: 'unchained' })
  expect(checks).toBeGreaterThan(5)
  expect(checks).toBeLessThanOrEqual(20)
  expect(judge(leaf, [read(intermediate), ...extra], NOW).good).toBe(true)
})

test('no list is looked at for the keys that a stranger made, whatever names they bear', async () => {
  const asked: Certificate[] = []
  const { judge } = makeJudge({
    certificates: [root, intermediate].map(read),
    crlOf: (issuer) => void asked.push(issuer),
    crlGraceMs: GRACE,
  })
  const own = await makeRoot('CN=Root', validity)
  const below = await makeIntermediate(own, 'CN=Intermediate', validity)
  expect(judge(await leafOf(below), [read(below), read(own)], NOW)).toEqual({ good: false, reason: 'unchained' })
  const both = [read(below), read(own), read(intermediate)]
  expect(judge(await leafOf(intermediate), both, NOW)).toEqual({ good: false, reason: 'no-current-crl' })
  expect(asked.length).toBeGreaterThan(0)
  const made = new Set([below, own].map((one) => read(one).thumbprint))
  expect(asked.filter(({ thumbprint }) => made.has(thumbprint))).toEqual([])
})

test('a key of more than 4,096 bits counts for nothing, and no signature is checked by it', async () => {
  const heavy = parseCertificate(await makeHeavyCertificate(intermediate, 8192))
  const judge = judgeBy([root, intermediate], [await crlOf(root), await crlOf(intermediate)])
  expect(judge(heavy, [], NOW)).toMatchObject({ good: false, reason: 'weak-key' })
  const allowed = parseCertificate(await makeHeavyCertificate(intermediate, 4096))
  expect(judge(allowed, [], NOW)).toMatchObject({ good: true })
  expect(isIssuedBy(await leafOf(intermediate), { ...heavy, isAuthority: true })).toBe(false)
})

describe('a path is vouched for through each certificate that is named, in order', () => {
  test('and through nothing else', async () => {
    const { vouch } = courtOf([root, intermediate], [await crlOf(root), await crlOf(intermediate)])
    const leaf = await leafOf(intermediate)
    const stranger = await makeIntermediate(root, 'CN=Stranger', validity)
    const good = [[], [intermediate], [root], [intermediate, root]]
    const bad = [[stranger], [root, intermediate], [intermediate, stranger], [stranger, root]]
    for (const above of good) expect(vouch(leaf, above.map(read), NOW)).toBe(true)
    for (const above of bad) expect(vouch(leaf, above.map(read), NOW)).toBe(false)
    expect(vouch(leaf, [leaf], NOW)).toBe(false)
    expect(vouch(leaf, [await leafOf(intermediate)], NOW)).toBe(false)
  })

  test('also through one that the folder does not have', async () => {
    const { vouch } = courtOf([root], [await crlOf(root), await crlOf(intermediate)])
    const leaf = await leafOf(intermediate)
    expect(vouch(leaf, [read(intermediate)], NOW)).toBe(true)
    expect(vouch(leaf, [], NOW)).toBe(false)
  })
})

describe('a leaf that the intermediate did sign counts for nothing where', () => {
  const p256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const rsa = { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) }
  // nameConstraints, of a value that nobody gets to read
  const unknown = new Extension('2.5.29.30', true, new Uint8Array([0x30, 0]))

  test.each([
    ['its key is too weak', rsa, 'SHA-256', [], 'weak-key'],
    ['it is signed over SHA-1', p256, 'SHA-1', [], 'unchained'],
    ['a critical extension is not understood', p256, 'SHA-256', [unknown], 'unchained'],
    [
      'its key may not sign',
      p256,
      'SHA-256',
      [new KeyUsagesExtension(KeyUsageFlags.keyEncipherment, true)],
      'unchained',
    ],
  ])('%s', async (_why, algorithm, hash, extensions, reason) => {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    if (!('privateKey' in keys)) throw new TypeError('a key pair was asked for')
    const certificate = await X509CertificateGenerator.create({
      subject: 'CN=leaf',
      issuer: intermediate.certificate.subjectName,
      ...validity,
      publicKey: keys.publicKey,
      signingKey: intermediate.key,
      signingAlgorithm: { name: 'ECDSA', hash },
      extensions,
    })
    const judge = judgeBy([root, intermediate], [await crlOf(root), await crlOf(intermediate)])
    expect(judge(parseCertificate(toPem(certificate)), [], NOW)).toEqual({ good: false, reason })
  })
})
