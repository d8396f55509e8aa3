import { execFile } from 'node:child_process'
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agencies, type DevelopmentAgency } from '../../certs-dev/agencies.ts'
import { type DevelopmentPki, makeDevelopmentPki, P12_PASSWORD } from '../../certs-dev/tree.ts'
import { parseCertificate, parseCertificates } from '../../gateway/identity/certificate.ts'
import { parseRegistry, type Registry } from '../../gateway/identity/registry.ts'
import { openTrust, type Trust } from '../../gateway/identity/trust.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { shakeHands } from '../support/handshake.ts'
import { quiet } from '../support/quiet.ts'

const extra: DevelopmentAgency = {
  id: 'fr-hummingbird',
  name: { en: 'Hummingbird', fr: 'Hummingbird' },
  country: 'FR',
  kind: 'ngo',
  roles: ['referrer'],
}

let temporary: TemporaryFolder
let pki: DevelopmentPki
let registry: Registry
let trust: Trust

beforeAll(async () => {
  temporary = await temporaryFolder()
  pki = await makeDevelopmentPki(join(temporary.path, 'pki'), { agencies: [extra] })
  registry = parseRegistry(await readFile(join(pki.folder, 'agencies.json')))
  trust = await openTrust(join(pki.folder, 'trust'), { crlGraceMs: 0, now: () => new Date(), log: quiet })
})
afterAll(async () => {
  await trust.close()
  await temporary.remove()
})

const pair = (path: string) => [`${path}.crt`, `${path}.key`]

test('the tree is exactly that of the protocol’s section 13', async () => {
  const entries = await readdir(pki.folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const found = files.map((entry) => join(entry.parentPath, entry.name).slice(pki.folder.length + 1))
  const rogues = ['expired', 'revoked', 'unregistered', 'untrusted', 'expired-signing', 'revoked-signing']
  const ids = [...agencies.map(({ id }) => id), extra.id]
  const expected = [
    'agencies.json',
    ...pair('authority/intermediate'),
    ...pair('gateway/tls'),
    ...pair('gateway/signing'),
    ...ids.flatMap((id) => [
      ...pair(`agencies/${id}/tls`),
      ...pair(`agencies/${id}/signing`),
      `agencies/${id}/agency.p12`,
      `agencies/${id}/signing.p12`,
    ]),
    ...['duty', 'manager'].flatMap((id) => [...pair(`operators/${id}/tls`), `operators/${id}/tls.p12`]),
    ...rogues.flatMap((name) => pair(`rogue/${name}`)),
    ...['ca.crt', 'intermediate.crt', 'ca.crl', 'intermediate.crl'].map((name) => `trust/${name}`),
  ]
  expect(found.toSorted()).toEqual(expected.toSorted())
  for (const file of found) {
    const { mode } = await stat(join(pki.folder, file))
    if (/\.(key|p12)$/.test(file)) expect([file, mode & 0o777]).toEqual([file, 0o600])
  }
  for (const folder of ['', ...entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)]) {
    const path = entries.find((entry) => entry.name === folder)?.parentPath ?? pki.folder
    expect((await stat(join(path, folder))).mode & 0o777).toBe(0o700)
  }
})

test('every .crt is leaf first, then intermediates, and every .key is PKCS#8 and fits it', async () => {
  const files = await readdir(pki.folder, { recursive: true })
  const serials = new Set<string>()
  for (const file of files.filter((name) => name.endsWith('.key'))) {
    const key = await readFile(join(pki.folder, file), 'utf8')
    const crt = await readFile(join(pki.folder, file.replace(/key$/, 'crt')), 'utf8')
    const [leaf, ...rest] = parseCertificates(crt)
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
    expect([file, leaf?.x509.checkPrivateKey(createPrivateKey(key))]).toEqual([file, true])
    const above = file.startsWith('authority/') ? [] : [[true, false]]
    expect(rest.map(({ isAuthority, selfSigned }) => [isAuthority, selfSigned])).toEqual(above)
    serials.add(leaf?.serial ?? '')
  }
  expect(serials.size).toBe(files.filter((name) => name.endsWith('.key')).length)
})

test('the registry holds the development agencies, all with mailboxes, and two operators', () => {
  expect([...registry.agencies.keys()]).toEqual([
    'fr-rys',
    'gb-ctac',
    'gb-home-office',
    'gb-la-e10000016',
    'gb-la-e09000008',
    'gb-la-e08000025',
    'gb-la-e06000044',
    'fr-dep-62',
    'fr-dep-59',
    'fr-dep-14',
    'fr-hummingbird',
  ])
  for (const agency of registry.agencies.values()) {
    expect(agency).toMatchObject({ delivery: { mode: 'mailbox' }, status: 'active', desks: [] })
  }
  expect([...registry.operators.keys()]).toEqual(['duty', 'manager'])
  const uses = (id: string) => registry.agencies.get(id)?.certificates.map(({ use }) => use)
  expect(uses('fr-rys')).toEqual(['tls', 'signing', 'signing', 'signing'])
  expect(uses('gb-ctac')).toEqual(['tls', 'signing'])
})

test('all that is pinned is good, save the rogues; each of the four algorithms has its key', () => {
  const at = new Date()
  const verdicts = [...registry.byTls.values(), ...registry.bySigning.values()].map(({ certificate }) =>
    trust.current().judge(certificate, [], at),
  )
  const reasons = verdicts.flatMap((verdict) => (verdict.good ? [] : [verdict.reason]))
  expect(reasons.toSorted()).toEqual(['expired', 'revoked'])
  const kinds = [...registry.bySigning.values()].map(({ certificate }) => certificate.kind)
  expect(new Set(kinds)).toEqual(new Set(['P-256', 'P-384', 'RSA', 'Ed25519']))
  expect(trust.current().alarms(at)).toEqual([])
})

test('the gateway’s certificate is for this machine by each of its names', async () => {
  const certificate = new X509Certificate(await readFile(join(pki.folder, 'gateway/tls.crt')))
  expect(certificate.checkHost('localhost')).toBe('localhost')
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(certificate.checkIP('::1')).toBe('::1')
})

test('nobody else’s certificate is for this machine: no agency could pass for the gateway', async () => {
  const files = (await readdir(pki.folder, { recursive: true })).filter((name) => name.endsWith('.crt'))
  const others = files.filter((name) => !['gateway/tls.crt', 'trust/ca.crt', 'trust/intermediate.crt'].includes(name))
  expect(others.length).toBeGreaterThan(20)
  for (const file of others) {
    const certificate = new X509Certificate(await readFile(join(pki.folder, file)))
    const names = [certificate.checkHost('localhost'), certificate.checkIP('127.0.0.1'), certificate.checkIP('::1')]
    expect([file, ...names, certificate.subjectAltName]).toEqual([file, undefined, undefined, undefined, undefined])
  }
})

describe('a .p12', () => {
  test.each(['agencies/fr-rys/agency.p12', 'operators/duty/tls.p12'])('%s opens with its password', async (file) => {
    const pfx = await readFile(join(pki.folder, file))
    const { folder } = pki
    expect(await shakeHands(folder, trust.current(), { pfx, passphrase: P12_PASSWORD })).toBe('secured')
    await expect(shakeHands(folder, trust.current(), { pfx, passphrase: 'another' })).rejects.toThrow(/mac verify/)
  })
})

describe('npm run certs', () => {
  const run = async (...options: string[]) => {
    const main = join(import.meta.dirname, '../../certs-dev/main.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...options])
    return stdout
  }

  test('makes a tree, leaves it alone where it stands, and remakes it with --force', async () => {
    const out = join(temporary.path, 'out')
    const serial = async () => parseCertificate(await readFile(join(out, 'gateway/tls.crt'))).serial
    expect(await run('--out', out)).toContain('made')
    const first = await serial()
    expect(await run('--out', out)).toContain('stand')
    expect(await serial()).toBe(first)
    expect(await run('--out', out, '--force')).toContain('made')
    expect(await serial()).not.toBe(first)
    expect((await readdir(temporary.path)).toSorted()).toEqual(['out', 'pki'])
  })

  test('signs a request of an agency’s key and pins it; of another agency, or spoilt on its way, it signs none', async () => {
    const out = join(temporary.path, 'pki')
    const [key, csr] = [join(temporary.path, 'device.key'), join(temporary.path, 'device.csr')]
    const words = ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=else']
    await promisify(execFile)('openssl', [...words, '-keyout', key, '-out', csr])
    expect(await run('--out', out, '--sign', csr, '--agency', 'fr-rys')).toContain('pinned')
    const after = parseRegistry(await readFile(join(out, 'agencies.json')))
    const pins = after.agencies.get('fr-rys')?.certificates.filter(({ use }) => use === 'signing') ?? []
    const certificate = pins.at(-1)?.certificate
    expect(certificate?.publicKey.export({ type: 'spki', format: 'pem' })).toBe(
      createPublicKey(await readFile(key, 'utf8')).export({ type: 'spki', format: 'pem' }),
    )
    expect(certificate && trust.current().judge(certificate, [], new Date()).good).toBe(true)
    const file = join(out, `agencies/fr-rys/signing-${certificate?.thumbprint.slice(0, 8)}.crt`)
    expect(parseCertificates(await readFile(file, 'utf8')).map(({ thumbprint }) => thumbprint)[0]).toBe(
      certificate?.thumbprint,
    )
    const registered = await readFile(join(out, 'agencies.json'), 'utf8')
    await expect(run('--out', out, '--sign', csr, '--agency', 'fr-nobody')).rejects.toThrow('no agency fr-nobody')
    const der = Buffer.from((await readFile(csr, 'utf8')).replaceAll(/-----.*-----|\s/g, ''), 'base64')
    der[der.indexOf('else')] = 0x45
    const spoilt = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
    await writeFile(csr, spoilt)
    await expect(run('--out', out, '--sign', csr, '--agency', 'fr-rys')).rejects.toThrow('not signed by its own key')
    expect(await readFile(join(out, 'agencies.json'), 'utf8')).toBe(registered)
  })
})
