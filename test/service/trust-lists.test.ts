import { execFile, execFileSync } from 'node:child_process'
import { KeyObject } from 'node:crypto'
import { cp, mkdir, open, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { issue, makeCrl, makeIntermediate, makeRoot, toPem } from '../../certs-dev/pki.ts'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { alarmsOf, watchAlarms } from '../../gateway/operations/alarms.ts'
import { readConfig } from '../../gateway/base/config.ts'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import { loadGatewayKeys } from '../../gateway/identity/keys.ts'
import { openTrust, type Trust, type TrustSnapshot } from '../../gateway/identity/trust.ts'
import { replaceFile, type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { readPair, shakeHands } from '../support/handshake.ts'
import { makeHeavyCertificate } from '../support/heavy-key.ts'
import { countSerials, makeLargeCrl } from '../support/large-crl.ts'
import { nothingSeen } from '../support/alarms.ts'
import { quiet } from '../support/quiet.ts'
import { copyPki } from '../support/pki.ts'

/** What a trust folder may hold, and what must not stop the gateway from reading the rest of it. */

const DAY = 86_400_000

let first: TemporaryFolder
let made: DevelopmentPki
let temporary: TemporaryFolder
let pki: DevelopmentPki
let trust: Trust
/** Of the clock that only goes on. */
let passed: number

beforeAll(async () => {
  first = await temporaryFolder()
  made = await copyPki(join(first.path, 'pki'))
})
afterAll(() => first.remove())
beforeEach(async () => {
  temporary = await temporaryFolder()
  pki = { ...made, folder: join(temporary.path, 'pki') }
  await cp(made.folder, pki.folder, { recursive: true })
  passed = 0
  const options = { crlGraceMs: DAY, now: () => new Date(), log: quiet, pollMs: 20 }
  trust = await openTrust(join(pki.folder, 'trust'), { ...options, moment: () => performance.now() + passed })
})
afterEach(async () => {
  await trust.close()
  await temporary.remove()
})

const inTrust = (name: string) => join(pki.folder, 'trust', name)

async function changed(act: () => Promise<unknown>): Promise<TrustSnapshot> {
  const next = new Promise<TrustSnapshot>((resolve) => trust.onChange(resolve))
  await act()
  return next
}

async function judge(path: string): Promise<string> {
  const verdict = trust.current().judge(parseCertificate((await readPair(pki.folder, path)).cert), [], new Date())
  return verdict.good ? 'good' : verdict.reason
}

const alarms = () => trust.current().alarms(new Date())

describe('a large list', () => {
  const large = async (count: number, path: string) => {
    const { serial } = parseCertificate((await readPair(pki.folder, path)).cert)
    function* serials() {
      yield* countSerials(count)
      yield Buffer.from(serial, 'hex')
    }
    const { certificate, key } = pki.intermediate
    const issuer = Buffer.from(certificate.subjectName.toArrayBuffer())
    const dates = { thisUpdate: new Date(Date.now() - 1000), nextUpdate: pki.until }
    return makeLargeCrl({ issuer, key: KeyObject.from(key), number: 2, ...dates, serials: serials() })
  }
  const put = async (bytes: Buffer | string) => {
    await replaceFile(inTrust('intermediate.crl'), bytes)
  }

  test.each([3_328, 20_000, 1_000_000])('of %i entries counts within seconds', async (count) => {
    expect(await judge('agencies/gb-ctac/tls')).toBe('good')
    const bytes = await large(count, 'agencies/gb-ctac/tls')
    const start = performance.now()
    await changed(() => put(bytes))
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(await judge('agencies/gb-ctac/tls')).toBe('revoked')
    expect(await judge('agencies/fr-rys/tls')).toBe('good')
    const pair = await readPair(pki.folder, 'agencies/gb-ctac/tls')
    expect(await shakeHands(pki.folder, trust.current(), pair)).toBe('revoked')
    expect(alarms()).toEqual([])
  })

  test('of a million entries in PEM is read off the main thread', async () => {
    const der = await large(1_000_000, 'agencies/gb-ctac/tls')
    const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n')
    const bytes = `-----BEGIN X509 CRL-----\n${lines}\n-----END X509 CRL-----\n`
    const before = process.threadCpuUsage()
    await changed(() => put(bytes))
    const { user, system } = process.threadCpuUsage(before)
    expect(await judge('agencies/gb-ctac/tls')).toBe('revoked')
    // Reading it takes twice as long and more.
    expect((user + system) / 1000).toBeLessThan(400)
  })

  test('that cannot be read, or is too large, raises an alarm and leaves the one before in force', async () => {
    const der = await large(50_000, 'agencies/gb-ctac/tls')
    await changed(() => put(der.subarray(0, -1)))
    expect(alarms()).toEqual([{ code: 'trust-file-ignored', subject: 'intermediate.crl' }])
    expect(await judge('rogue/revoked')).toBe('revoked')
    expect(await judge('agencies/gb-ctac/tls')).toBe('good')
    await changed(async () => {
      await using file = await open(inTrust('huge.crl'), 'w')
      await file.truncate(129 * 1024 * 1024)
    })
    expect(alarms()).toContainEqual({ code: 'trust-file-ignored', subject: 'huge.crl' })
    await rm(inTrust('huge.crl'))
    await changed(() => put(der))
    expect(await judge('agencies/gb-ctac/tls')).toBe('revoked')
  })
})

test('what cannot be taken raises its alarm at once, with what to do', async () => {
  const lines: object[] = []
  const log = { ...quiet, warn: (line: object) => void lines.push(line) }
  const file = (path: string) => join(pki.folder, 'gateway', path)
  const config = readConfig({
    PASSERELLE_TLS_CERT: file('tls.crt'),
    PASSERELLE_TLS_KEY: file('tls.key'),
    PASSERELLE_SIGNING_CERT: file('signing.crt'),
    PASSERELLE_SIGNING_KEY: file('signing.key'),
  })
  const keys = await loadGatewayKeys(config, new Date())
  const looked = { ...nothingSeen, keys, registry: { agencies: new Map() } }
  const watch = watchAlarms(() => alarmsOf({ ...looked, trust: trust.current() }, new Date()), {
    log,
    now: () => new Date(),
  })
  watch.look()
  trust.onChange(watch.look)
  await changed(() => replaceFile(inTrust('intermediate.crl'), 'nothing'))
  expect(lines).toEqual([
    {
      alarm: 'trust-file-ignored',
      subject: 'intermediate.crl',
      remedy: expect.stringContaining('replace the file') as string,
    },
  ])
})

test('only regular files are read: a pipe, a device and a folder are told, and hold nothing up', async () => {
  await changed(async () => {
    execFileSync('mkfifo', [inTrust('pipe.crt'), inTrust('pipe.crl')])
    await symlink('/dev/zero', inTrust('zero.crl'))
    await mkdir(inTrust('folder.crt'))
  })
  const names = ['folder.crt', 'pipe.crl', 'pipe.crt', 'zero.crl']
  await expect.poll(() => alarms().map(({ subject }) => subject)).toEqual(names)
  const fresh = await makeRoot('CN=Fresh', { notBefore: new Date(), notAfter: pki.until })
  const next = await changed(() => replaceFile(inTrust('fresh.crt'), toPem(fresh.certificate)))
  expect(next.authorities).toHaveLength(3)
})

test('a certificate with a key of more than 4,096 bits is not taken', async () => {
  const heavy = await makeHeavyCertificate(pki.intermediate, 8192)
  await changed(() => replaceFile(inTrust('heavy.crt'), heavy))
  expect(alarms()).toEqual([{ code: 'trust-file-ignored', subject: 'heavy.crt' }])
})

describe('a reading that is over 10 s old raises an alarm', () => {
  const isTold = () => alarms().some(({ code }) => code === 'trust-folder-unread')

  test('where the folder cannot be read, until it can', async () => {
    await rename(join(pki.folder, 'trust'), join(pki.folder, 'away'))
    passed += 8_000
    expect(isTold()).toBe(false)
    passed += 8_000
    await expect.poll(isTold).toBe(true)
    expect(await judge('agencies/fr-rys/tls')).toBe('good')
    await rename(join(pki.folder, 'away'), join(pki.folder, 'trust'))
    await expect.poll(isTold).toBe(false)
  })

  test('where reading hangs, as on a mount whose server has gone, and closing does not', async () => {
    const pipe = join(temporary.path, 'pipe')
    execFileSync('mkfifo', [pipe])
    // Each waits in the pool for somebody to write: no file can be read meanwhile.
    const hanging = Array.from({ length: 4 }, () => open(pipe, 'r'))
    passed += 11_000
    await expect.poll(isTold).toBe(true)
    await trust.close()
    const writer = promisify(execFile)('sh', ['-c', 'exec 3>"$0"', pipe])
    for (const one of await Promise.all(hanging)) await one.close()
    await writer
  })
})

test('of two authorities of one name each revokes its own alone, also in what the directory says', async () => {
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter: pki.until }
  const { subject } = pki.intermediate.certificate
  const other = await makeIntermediate(pki.root, subject, validity)
  const mine = await issue(other, { subject: 'CN=x', validity, use: 'tls' })
  const at = new Date(Math.floor(Date.now() / 1000) * 1000)
  const both = await readPair(pki.folder, 'agencies/gb-ctac/tls')
  const { serial } = parseCertificate(both.cert)
  const revoked = [mine.serial, serial].map((one) => ({ serial: one, at }))
  const list = { number: 1, thisUpdate: validity.notBefore, nextUpdate: pki.until, revoked }
  const snapshot = await changed(async () => {
    await replaceFile(inTrust('other.crl'), await makeCrl(other, list))
    await replaceFile(inTrust('other.crt'), toPem(other.certificate))
  })
  // Two files: the first change may be the one without the other.
  await expect.poll(() => trust.current().revokedAt(parseCertificate(mine.pem))).toEqual(at)
  expect(alarms()).toEqual([])
  const current = trust.current()
  expect(snapshot.version).toBeLessThanOrEqual(current.version)
  expect(current.revokedAt(parseCertificate(mine.pem))).toEqual(at)
  expect(current.revokedAt(parseCertificate(both.cert))).toBeUndefined()
  expect(await judge('agencies/gb-ctac/tls')).toBe('good')
})

test('a revoked certificate is found whatever stands between it and its issuer in a chain that was sent', async () => {
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter: pki.until }
  const partner = await makeRoot('CN=Partner', validity)
  const junk = await makeRoot('CN=Junk', validity)
  const leaf = await issue(partner, { subject: 'CN=endpoint', validity, use: 'tls' })
  const list = { number: 1, thisUpdate: validity.notBefore, nextUpdate: pki.until, revoked: [] }
  const revoked = [{ serial: leaf.serial, at: new Date() }]
  const snapshot = await changed(async () =>
    replaceFile(inTrust('partner.crl'), await makeCrl(partner, { ...list, revoked })),
  )
  const [certificate, between, issuer] = [leaf.pem, toPem(junk.certificate), toPem(partner.certificate)].map((pem) =>
    parseCertificate(pem),
  )
  if (!certificate || !between || !issuer) throw new Error('three were made')
  expect(snapshot.isRevoked([certificate, between, issuer])).toBe(true)
  expect(snapshot.isRevoked([certificate, between])).toBe(false)
})
