import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { issue, makeCrl, makeIntermediate, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { type DevelopmentPki, revoke } from '../../certs-dev/tree.ts'
import { type Certificate, parseCertificate } from '../../gateway/identity/certificate.ts'
import { parseCrls } from '../../gateway/identity/crl.ts'
import {
  openTrust,
  type Trust,
  TrustFault,
  type TrustOptions,
  type TrustSnapshot,
} from '../../gateway/identity/trust.ts'
import { replaceFile, type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { readPair, shakeHands } from '../support/handshake.ts'
import { quiet } from '../support/quiet.ts'
import { copyPki } from '../support/pki.ts'

const DAY = 86_400_000
const POLL_MS = 20

let first: TemporaryFolder
let made: DevelopmentPki
let temporary: TemporaryFolder
let pki: DevelopmentPki
let trust: Trust
let clock: number
let polls: number
let errors: unknown[]

beforeAll(async () => {
  first = await temporaryFolder()
  made = await copyPki(join(first.path, 'pki'))
})
afterAll(() => first.remove())

beforeEach(async () => {
  temporary = await temporaryFolder()
  pki = { ...made, folder: join(temporary.path, 'pki'), revoked: [...made.revoked] }
  await cp(made.folder, pki.folder, { recursive: true })
  clock = 0
  errors = []
  polls = 0
  trust = await openTrust(join(pki.folder, 'trust'), options())
})
afterEach(async () => {
  await trust.close()
  await temporary.remove()
})

const now = () => new Date(Date.now() + clock)

const options = (): TrustOptions => ({
  crlGraceMs: DAY,
  now: () => {
    polls += 1
    return now()
  },
  log: { ...quiet, error: (line: unknown) => void errors.push(line) },
  pollMs: POLL_MS,
})

const inTrust = (name: string) => join(pki.folder, 'trust', name)

/** The snapshot that comes after what `act` does. */
async function changed(act: () => Promise<void> | void): Promise<TrustSnapshot> {
  const next = new Promise<TrustSnapshot>((resolve) => trust.onChange(resolve))
  await act()
  return next
}

async function certificateOf(path: string): Promise<Certificate> {
  return parseCertificate((await readPair(pki.folder, path)).cert)
}

async function judge(path: string): Promise<string> {
  const verdict = trust.current().judge(await certificateOf(path), [], now())
  return verdict.good ? 'good' : verdict.reason
}

async function handshake(path: string): Promise<string> {
  return shakeHands(pki.folder, trust.current(), await readPair(pki.folder, path), now())
}

describe('a handshake', () => {
  test.each([
    ['agencies/fr-rys/tls', 'secured'],
    ['operators/duty/tls', 'secured'],
    ['rogue/unregistered', 'secured'],
    ['rogue/expired', 'expired'],
    ['rogue/revoked', 'revoked'],
    ['rogue/untrusted', 'unchained'],
  ])('with %s ends: %s', async (path, outcome) => {
    expect(await handshake(path)).toBe(outcome)
  })

  test('without a certificate fails', async () => {
    expect(await shakeHands(pki.folder, trust.current(), {})).toBe('no certificate')
  })
})

test.each([
  ['agencies/gb-home-office/signing', 'good'],
  ['rogue/unregistered', 'good'],
  ['rogue/expired', 'expired'],
  ['rogue/revoked', 'revoked'],
  ['rogue/untrusted', 'unchained'],
  ['rogue/expired-signing', 'expired'],
  ['rogue/revoked-signing', 'revoked'],
])('%s is judged: %s', async (path, verdict) => {
  expect(await judge(path)).toBe(verdict)
})

describe('a new CRL', () => {
  test('takes effect while the gateway runs, and no older one undoes it, nor its removal', async () => {
    const { serial } = await certificateOf('agencies/gb-ctac/tls')
    const older = await readFile(inTrust('intermediate.crl'))
    const snapshot = await changed(() => revoke(pki, [serial], now()))
    expect(snapshot.version).toBe(2)
    expect(await handshake('agencies/gb-ctac/tls')).toBe('revoked')
    expect(await handshake('agencies/fr-rys/tls')).toBe('secured')
    expect(await judge('agencies/gb-ctac/tls')).toBe('revoked')

    await changed(() => replaceFile(inTrust('intermediate.crl'), older))
    expect(await judge('agencies/gb-ctac/tls')).toBe('revoked')
    await changed(() => rm(inTrust('intermediate.crl')))
    expect(await judge('agencies/gb-ctac/tls')).toBe('revoked')
    expect(await handshake('agencies/gb-ctac/tls')).toBe('revoked')
  })

  test('counts only with its issuer’s signature, and not before its time', async () => {
    const { serial } = await certificateOf('agencies/gb-ctac/tls')
    const revoked = [{ serial, at: now() }]
    const stranger = await makeRoot(pki.intermediate.certificate.subject, { notBefore: now(), notAfter: pki.until })
    const thisUpdate = new Date(now().getTime() + DAY)
    const list = { number: 9, thisUpdate: now(), nextUpdate: pki.until, revoked }
    await changed(async () => replaceFile(inTrust('forged.crl'), await makeCrl(stranger, list)))
    expect(await judge('agencies/gb-ctac/tls')).toBe('good')
    const early = await makeCrl(pki.intermediate, { ...list, thisUpdate })
    await changed(() => replaceFile(inTrust('early.crl'), early))
    expect(await judge('agencies/gb-ctac/tls')).toBe('good')
    await changed(() => void (clock = DAY))
    expect(await judge('agencies/gb-ctac/tls')).toBe('revoked')
  })

  test('takes effect within 5 s at the usual pace', async () => {
    await trust.close()
    trust = await openTrust(join(pki.folder, 'trust'), { crlGraceMs: DAY, now, log: quiet })
    const { serial } = await certificateOf('agencies/gb-ctac/tls')
    const start = performance.now()
    await changed(() => revoke(pki, [serial], now()))
    expect(performance.now() - start).toBeLessThan(5000)
    expect(await judge('agencies/gb-ctac/tls')).toBe('revoked')
  })
})

test('a CRL past its nextUpdate counts during its grace, with an alarm, and then no longer', async () => {
  const subject = pki.intermediate.certificate.subject
  const nextUpdate = new Date(Math.floor(now().getTime() / 1000) * 1000 + DAY)
  const list = { number: 2, thisUpdate: now(), nextUpdate, revoked: pki.revoked }
  await changed(async () => replaceFile(inTrust('intermediate.crl'), await makeCrl(pki.intermediate, list)))
  expect(trust.current().alarms(now())).toEqual([])

  const inGrace = await changed(() => void (clock = 1.5 * DAY))
  expect(inGrace.alarms(now())).toEqual([{ code: 'crl-grace', subject, since: nextUpdate }])
  expect(await handshake('agencies/fr-rys/tls')).toBe('secured')
  expect(await judge('agencies/fr-rys/tls')).toBe('good')
  expect(await judge('rogue/revoked')).toBe('revoked')

  const lapsed = await changed(() => void (clock = 2.5 * DAY))
  expect(lapsed.alarms(now())).toEqual([{ code: 'crl-lapsed', subject, since: nextUpdate }])
  expect(await judge('agencies/fr-rys/tls')).toBe('no-current-crl')
})

test('an issuer that never had a CRL is refused, with an alarm', async () => {
  const fresh = await makeIntermediate(pki.root, 'CN=Fresh', { notBefore: now(), notAfter: pki.until })
  const validity = { notBefore: now(), notAfter: pki.until }
  const leaf = parseCertificate((await issue(fresh, { subject: 'CN=x', validity, use: 'tls' })).pem)
  const snapshot = await changed(() => replaceFile(inTrust('fresh.crt'), toPem(fresh.certificate)))
  expect(snapshot.judge(leaf, [], now())).toEqual({ good: false, reason: 'no-current-crl' })
  expect(snapshot.alarms(now())).toEqual([{ code: 'crl-missing', subject: 'CN=Fresh' }])
})

test('files that cannot be parsed leave what is in force, and are logged once', async () => {
  const names = ['ca.crt', 'intermediate.crt', 'ca.crl', 'intermediate.crl']
  const whole = await changed(async () => {
    for (const name of names) await replaceFile(inTrust(name), '-----BEGIN NOTHING')
    await replaceFile(inTrust('large.crt'), Buffer.alloc(1024 * 1024 + 1))
    await replaceFile(inTrust('notes.txt'), 'no trust file')
  })
  const before = polls
  await expect.poll(() => polls).toBeGreaterThan(before + 5)
  expect(whole.authorities).toHaveLength(2)
  expect(await handshake('agencies/fr-rys/tls')).toBe('secured')
  expect(await judge('rogue/revoked')).toBe('revoked')
  const files = errors.map((line) => (typeof line === 'object' && line && 'file' in line ? line.file : line))
  expect(files).toHaveLength(5)
  expect(files).toEqual(expect.arrayContaining([...names, 'large.crt']))
  const alarms = trust.current().alarms(now())
  expect(alarms.map(({ code, subject }) => [code, subject])).toEqual(
    [...names, 'large.crt'].toSorted().map((name) => ['trust-file-ignored', name]),
  )
})

test('DER will do, and an anchor that is taken away is none', async () => {
  await changed(async () => {
    await replaceFile(inTrust('ca.crt'), Buffer.from(pki.root.certificate.rawData))
    const [list] = parseCrls(await readFile(inTrust('ca.crl')))
    await replaceFile(inTrust('ca.crl'), list?.der ?? '')
    await replaceFile(
      inTrust('new.crt'),
      toPem((await makeRoot('CN=New', { notBefore: now(), notAfter: pki.until })).certificate),
    )
  })
  expect(errors).toEqual([])
  expect(await handshake('agencies/fr-rys/tls')).toBe('secured')
  await changed(() => rm(inTrust('new.crt')))
  const bare = await changed(() => rm(inTrust('ca.crt')))
  expect(await judge('agencies/fr-rys/tls')).toBe('unchained')
  expect(await handshake('agencies/fr-rys/tls')).not.toBe('secured')
  expect(bare.alarms(now())).toContainEqual({ code: 'no-trust-anchor', subject: '*.crt' })
})

test('a folder that vanishes leaves what is in force, and is logged once', async () => {
  await rm(join(pki.folder, 'trust'), { recursive: true })
  await expect.poll(() => errors.length).toBeGreaterThan(0)
  expect(errors).toEqual([{ code: 'ENOENT' }])
  expect(await judge('agencies/fr-rys/tls')).toBe('good')
})

test('the CRL of an issuer that no anchor vouches for counts for its endpoints', async () => {
  const validity = { notBefore: now(), notAfter: pki.until }
  const partner = await makeRoot('CN=Partner', validity)
  const leaf = await issue(partner, { subject: 'CN=endpoint', validity, use: 'tls' })
  const chain = [parseCertificate(leaf.pem), parseCertificate(toPem(partner.certificate))]
  expect(trust.current().isRevoked(chain)).toBe(false)
  const list = { number: 1, thisUpdate: now(), nextUpdate: pki.until, revoked: [{ serial: leaf.serial, at: now() }] }
  const snapshot = await changed(async () => replaceFile(inTrust('partner.crl'), await makeCrl(partner, list)))
  expect(snapshot.isRevoked(chain)).toBe(true)
})

test('a folder that is missing or holds no anchor is a fault at start', async () => {
  const missing = openTrust(join(temporary.path, 'none'), options())
  await expect(missing).rejects.toThrow(new TrustFault('the trust folder cannot be read (ENOENT)'))
  const without = openTrust(join(pki.folder, 'gateway'), options())
  await expect(without).rejects.toThrow(new TrustFault('the trust folder holds no trust anchor'))
})

test('the CRL of an authority that has left the folder does not end the handshake’s check for the others', async () => {
  const validity = { notBefore: now(), notAfter: pki.until }
  const leaving = await makeIntermediate(pki.root, 'CN=Leaving', validity)
  const nextUpdate = new Date(Math.floor(now().getTime() / 1000) * 1000 + DAY)
  const list = { number: 1, thisUpdate: now(), nextUpdate, revoked: [] }
  await changed(() => replaceFile(inTrust('leaving.crt'), toPem(leaving.certificate)))
  await changed(async () => replaceFile(inTrust('leaving.crl'), await makeCrl(leaving, list)))
  await changed(() => rm(inTrust('leaving.crl')))
  const left = await changed(() => rm(inTrust('leaving.crt')))
  expect(left.alarms(now())).toEqual([])
  const later = await changed(() => void (clock = 1.5 * DAY))
  expect(later.alarms(now())).toEqual([])
  expect(await handshake('rogue/revoked')).toBe('revoked')
})
