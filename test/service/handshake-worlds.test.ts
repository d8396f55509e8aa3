import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issue, makeCrl, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { openTrust } from '../../gateway/identity/trust.ts'
import { build, hasGoodPath, worlds } from '../support/authorities.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { shakeHands } from '../support/handshake.ts'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import { quiet } from '../support/quiet.ts'
import { copyPki } from '../support/pki.ts'

let temporary: TemporaryFolder
let pki: string
let folders = 0

beforeAll(async () => {
  temporary = await temporaryFolder()
  pki = join(temporary.path, 'pki')
  await copyPki(pki)
})
afterAll(() => temporary.remove())

/** A trust folder with these files, and what it comes to. */
async function read(files: Readonly<Record<string, string>>) {
  const folder = join(temporary.path, `trust-${folders++}`)
  await mkdir(folder)
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  const trust = await openTrust(folder, { crlGraceMs: 0, now: () => new Date(), log: quiet })
  const snapshot = trust.current()
  await trust.close()
  return snapshot
}

const named = (ending: string, texts: readonly string[]) =>
  Object.fromEntries(texts.map((text, place) => [`${place}.${ending}`, text]))

test('of random authorities, handshake and judge agree, and whoever has one good path gets in', async () => {
  const now = new Date()
  const validity = { notBefore: new Date(now.getTime() - 60_000), notAfter: new Date(now.getTime() + 3_600_000) }
  // Without an anchor there would be no folder to open.
  const other = toPem((await makeRoot('CN=Other', validity)).certificate)
  const seen = { in: 0, out: 0 }
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const { certificates, crls, leaf } = await build(world, now)
      const trust = await read({ ...named('crt', certificates), ...named('crl', crls), 'other.crt': other })
      const outcome = await shakeHands(pki, trust, { cert: leaf.pem, key: leaf.key }, now)
      const verdict = trust.judge(parseCertificate(leaf.pem), [], now)
      expect(outcome).toBe(verdict.good ? 'secured' : verdict.reason)
      expect(outcome === 'secured').toBe(hasGoodPath(world))
      seen[verdict.good ? 'in' : 'out'] += 1
    }),
    { numRuns: 40 },
  )
  expect(Math.min(seen.in, seen.out)).toBeGreaterThan(4)
})

test('an expired root beside a good one, or a second certificate of an authority, shuts nobody out', async () => {
  const now = new Date()
  const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
  const validity = { notBefore: at(-9), notAfter: at(9) }
  const root = await makeRoot('CN=Root', validity)
  const expired = await makeRoot('CN=Root', { notBefore: at(-9), notAfter: at(-1) })
  const leaf = await issue(root, { subject: 'CN=leaf', validity, use: 'tls' })
  const list = { number: 1, thisUpdate: at(-9), nextUpdate: at(9), revoked: [] }
  const files = { 'root.crt': toPem(root.certificate), 'root.crl': await makeCrl(root, list) }
  for (const name of ['a', 'z']) {
    const trust = await read({ ...files, [`${name}.crt`]: toPem(expired.certificate) })
    expect(await shakeHands(pki, trust, { cert: leaf.pem, key: leaf.key })).toBe('secured')
  }
})

test('a certificate that is not one for clients does not get in, however good its chain', async () => {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }
  const root = await makeRoot('CN=Root', validity)
  const list = { number: 1, thisUpdate: validity.notBefore, nextUpdate: validity.notAfter, revoked: [] }
  const trust = await read({ 'root.crt': toPem(root.certificate), 'root.crl': await makeCrl(root, list) })
  const certificates = [
    await issue(root, { subject: 'CN=server', validity, use: 'tls', purposes: ['serverAuth'] }),
    await issue(root, { subject: 'CN=both', validity, use: 'tls', purposes: ['serverAuth', 'clientAuth'] }),
    await issue(root, { subject: 'CN=any', validity, use: 'signing' }),
  ]
  const outcomes = []
  for (const { pem: cert, key } of certificates) outcomes.push(await shakeHands(pki, trust, { cert, key }))
  expect(outcomes).toEqual(['not for clients', 'secured', 'secured'])
})
