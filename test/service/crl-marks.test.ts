import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeCrl } from '../../certs-dev/pki.ts'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import { openTrust, type Trust } from '../../gateway/identity/trust.ts'
import { raiseCrlMarks, readCrlMarks } from '../../gateway/record/crl-marks.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { readPair } from '../support/handshake.ts'
import { quiet } from '../support/quiet.ts'
import { copyPki } from '../support/pki.ts'

/** Protocol section 1: how new each issuer's list has been is in the record, so that no older one ever counts again. */

const DAY = 86_400_000

let temporary: TemporaryFolder
let pki: DevelopmentPki
let record: TestDatabase
let database: Database
let opened: Trust[]
let folders = 0
/** Of the clock that only goes on. */
let passed: number

beforeAll(async () => {
  temporary = await temporaryFolder()
  pki = await copyPki(join(temporary.path, 'pki'))
})
afterAll(() => temporary.remove())
beforeEach(async () => {
  record = await createDatabase()
  database = openDatabase(record.url, () => undefined)
  await migrate(database)
  opened = []
  passed = 0
})
afterEach(async () => {
  for (const trust of opened) await trust.close()
  await database.end()
  await record.drop()
})

const list = (number: number | undefined, thisUpdate: number, revoked: readonly string[] = []) =>
  makeCrl(pki.intermediate, {
    ...(number === undefined ? {} : { number }),
    thisUpdate: new Date(Date.now() + thisUpdate),
    nextUpdate: pki.until,
    revoked: revoked.map((serial) => ({ serial, at: new Date() })),
  })

/** A process with a folder of its own, which holds this list of the intermediate's. */
async function start(crl: string): Promise<{ trust: Trust; folder: string; readings: () => number }> {
  const folder = join(temporary.path, `trust-${folders++}`)
  await cp(join(pki.folder, 'trust'), folder, { recursive: true })
  await writeFile(join(folder, 'intermediate.crl'), crl)
  let readings = 0
  const read = () => {
    readings += 1
    return readCrlMarks(database)
  }
  const marks = { read, raise: raiseCrlMarks.bind(null, database) }
  const options = { crlGraceMs: DAY, now: () => new Date(), log: quiet, pollMs: 20, marks }
  const trust = await openTrust(folder, { ...options, moment: () => performance.now() + passed })
  opened.push(trust)
  return { trust, folder, readings: () => readings }
}

async function certificateOf(path: string) {
  return parseCertificate((await readPair(pki.folder, path)).cert)
}

async function judge(trust: Trust, path = 'agencies/fr-rys/tls'): Promise<string> {
  const verdict = trust.current().judge(await certificateOf(path), [], new Date())
  return verdict.good ? 'good' : verdict.reason
}

const codes = (trust: Trust) =>
  trust
    .current()
    .alarms(new Date())
    .map(({ code }) => code)

test('after a restart an older list does not count: what it revokes stays so, and it says of nothing that it is good', async () => {
  const { serial } = await certificateOf('agencies/gb-ctac/tls')
  const { serial: earlier } = await certificateOf('agencies/fr-dep-14/tls')
  const before = await start(await list(5, -1000, [serial, earlier]))
  expect(await judge(before.trust)).toBe('good')
  await before.trust.close()

  const after = await start(await list(4, -2000, [earlier]))
  expect(await judge(after.trust)).toBe('no-current-crl')
  expect(await judge(after.trust, 'agencies/gb-ctac/tls')).toBe('no-current-crl')
  expect(await judge(after.trust, 'agencies/fr-dep-14/tls')).toBe('revoked')
  expect(codes(after.trust)).toEqual(['crl-behind'])

  await writeFile(join(after.folder, 'intermediate.crl'), await list(6, 0, [serial, earlier]))
  await expect.poll(() => judge(after.trust)).toBe('good')
  expect(await judge(after.trust, 'agencies/gb-ctac/tls')).toBe('revoked')
  expect(codes(after.trust)).toEqual([])
})

test('a process whose folder stays behind another’s goes on for 5 s, and no longer', async () => {
  const late = await start(await list(4, -2000))
  const { serial } = await certificateOf('agencies/gb-ctac/tls')
  const early = await start(await list(5, -1000, [serial]))
  expect(await judge(early.trust, 'agencies/gb-ctac/tls')).toBe('revoked')
  const before = late.readings()
  await expect.poll(late.readings).toBeGreaterThan(before + 2)
  passed = 4_000
  await expect.poll(late.readings).toBeGreaterThan(before + 5)
  expect(await judge(late.trust)).toBe('good')
  expect(codes(late.trust)).toEqual([])
  passed = 60_000
  await expect.poll(() => judge(late.trust)).toBe('no-current-crl')
  expect(codes(late.trust)).toEqual(['crl-behind'])
  expect(await judge(early.trust)).toBe('good')
})

test('a lower number with a later date does not count, and raises an alarm; the same number with a later date does', async () => {
  const { serial } = await certificateOf('agencies/gb-ctac/tls')
  const { trust, folder } = await start(await list(5, -3000, [serial]))
  await writeFile(join(folder, 'other.crl'), await list(4, -1000))
  await expect.poll(() => codes(trust)).toEqual(['crl-number-went-back'])
  expect(await judge(trust, 'agencies/gb-ctac/tls')).toBe('revoked')
  expect(await judge(trust)).toBe('good')
  // Also where it alone is left, and after a restart.
  await trust.close()
  const again = await start(await list(4, -1000))
  expect(codes(again.trust).toSorted()).toEqual(['crl-behind', 'crl-number-went-back'])

  await rm(join(again.folder, 'intermediate.crl'))
  await writeFile(join(again.folder, 'next.crl'), await list(5, -500, [serial]))
  await expect.poll(() => codes(again.trust)).toEqual([])
})

test('authorities of one name have a mark each, and a list from the future leaves none', async () => {
  await start(await list(7, -1000))
  await start(await list(9, DAY))
  const { rows } = await database.query<{ subject: string; number: string }>(
    'select subject, number::text from crl_mark order by number',
  )
  expect(rows).toEqual([
    { subject: pki.root.certificate.subject, number: '1' },
    { subject: pki.intermediate.certificate.subject, number: '7' },
  ])
})

test('of marks that several processes raise at once, in whatever order, the highest stays', async () => {
  const marks = fc.array(fc.record({ number: fc.option(fc.nat(5), { nil: undefined }), date: fc.nat(5) }), {
    minLength: 1,
    maxLength: 8,
  })
  let issuer = 0
  await fc.assert(
    fc.asyncProperty(marks, async (list) => {
      const key = `issuer ${issuer++}`
      await Promise.all(
        list.map(({ number, date }) =>
          raiseCrlMarks(
            database,
            new Map([
              [
                key,
                {
                  ...(number === undefined ? {} : { number: BigInt(number) }),
                  thisUpdate: new Date(date * 1000),
                  subject: 'CN=x',
                },
              ],
            ]),
          ),
        ),
      )
      const numbers = list.flatMap(({ number }) => (number === undefined ? [] : [number]))
      const mark = (await readCrlMarks(database)).get(key)
      if (numbers.length === list.length) expect(mark?.number).toBe(BigInt(Math.max(...numbers)))
      if (numbers.length === 0)
        expect(mark?.thisUpdate.getTime()).toBe(Math.max(...list.map(({ date }) => date)) * 1000)
    }),
    { numRuns: 40 },
  )
})

test('where the record is away, what is in the folder counts all the same, and marks are raised when it is back', async () => {
  const { trust, folder } = await start(await list(5, -3000))
  await database.query('alter table crl_mark rename to away')
  const { serial } = await certificateOf('agencies/gb-ctac/tls')
  await writeFile(join(folder, 'intermediate.crl'), await list(6, -1000, [serial]))
  await expect.poll(() => judge(trust, 'agencies/gb-ctac/tls')).toBe('revoked')
  await database.query('alter table away rename to crl_mark')
  const highest = async () => {
    const { rows } = await database.query<{ number: string }>('select max(number)::text as number from crl_mark')
    return rows[0]?.number
  }
  await expect.poll(highest).toBe('6')
})
