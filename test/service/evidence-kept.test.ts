import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { openKeeping } from '../../gateway/exchange/keeping.ts'
import { parseCrl } from '../../gateway/identity/crl.ts'
import { openTrust } from '../../gateway/identity/trust.ts'
import { acknowledge, say } from '../support/case.ts'
import { createDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { openParts, type TestParts } from '../support/parts.ts'
import { quiet } from '../support/quiet.ts'
import { payloadOf } from '../support/stage.ts'
import { copyPki } from '../support/pki.ts'

/** What the record keeps for evidence bundles (protocol section 10). */

const opened = new AsyncDisposableStack()
let pki: DevelopmentPki
let parts: TestParts

beforeAll(async () => {
  const folder = opened.use(await temporaryFolder())
  pki = await copyPki(join(folder.path, 'pki'))
  const database = opened.use(await createDatabase())
  parts = opened.use(await openParts(pki, database.url, await readFile(join(pki.folder, 'agencies.json'), 'utf8')))
})
afterAll(() => opened.disposeAsync())

const query = async <Row extends object>(text: string): Promise<readonly Row[]> =>
  (await parts.database.query<Row>(text)).rows
const counted = async () =>
  await query(`select (select count(*)::int from revocation_list) as lists,
    (select count(*)::int from authority_certificate) as authorities, (select count(*)::int from published_schema) as schemas`)

test('the list that a receipt names, the authorities and the schemas are kept with the first message, and once', async () => {
  const said = await say(pki, parts, 'referral', { from: 'fr-rys', to: 'gb-ctac' })
  const crl = String(payloadOf(said.receipt)['crl']).slice('sha-256:'.length)
  const [list] = await query<{ digest: Buffer; der: Buffer }>('select digest, der from revocation_list')
  expect(list?.digest.toString('base64url')).toBe(crl)
  expect(parseCrl(list?.der ?? '').digest).toBe(`sha-256:${crl}`)
  const [before] = await counted()
  expect(before).toMatchObject({ lists: 1, authorities: 2 })
  await acknowledge(pki, parts, said)
  await say(pki, parts, 'referral', { from: 'fr-rys', to: 'gb-ctac' })
  expect(await counted()).toEqual([before])
})

test('each published schema is kept under the SHA-256 that its release froze', async () => {
  const kept = await query<{ version: string; type: string; sha256: string }>(
    `select version, type, encode(sha256, 'hex') as sha256 from published_schema`,
  )
  expect(kept.length).toBeGreaterThan(20)
  for (const { version, type, sha256 } of kept) {
    const sums = readFileSync(join(import.meta.dirname, '../../schemas', version, 'SHA256SUMS'), 'utf8')
    expect(sums).toContain(`${sha256}  ${type}.schema.json`)
  }
})

test('a list of more than 8 MiB is not kept, and that is told once', async () => {
  await using trust = await openTrustFor(pki)
  const told: object[] = []
  const log = { ...quiet, warn: (fields: object) => void told.push(fields) } as typeof quiet
  const keep = openKeeping({ database: parts.database, trust: trust.current, keys: () => parts.keys, schemas: [], log })
  const der = randomBytes(8 * 1024 * 1024 + 1)
  const [standing] = await query<{ der: Buffer }>('select der from revocation_list limit 1')
  const crl = { ...parseCrl(standing?.der ?? ''), der, digest: 'sha-256:large' }
  const [before] = await counted()
  await keep([{ crl, above: [] }])
  await keep([{ crl, above: [] }])
  expect(told).toEqual([{ digest: 'sha-256:large', bytes: der.length }])
  expect(await counted()).toEqual([before])
})

async function openTrustFor({ folder }: DevelopmentPki) {
  const trust = await openTrust(join(folder, 'trust'), { crlGraceMs: 0, now: () => new Date(), log: quiet })
  return { ...trust, [Symbol.asyncDispose]: () => trust.close() }
}

test('a record from before finds the entries of its parties again', async () => {
  await parts.enforce({ registry: parts.registry(), keys: parts.keys }, () => undefined)
  const kept = await query('select party, leaf_index from party_leaf order by leaf_index')
  expect(kept.length).toBeGreaterThan(5)
  await parts.database.query('truncate party_leaf')
  const migration = readFileSync(join(import.meta.dirname, '../../gateway/record/migrations/018-evidence.sql'), 'utf8')
  await parts.database.query(migration.slice(migration.indexOf('insert into party_leaf')))
  expect(await query('select party, leaf_index from party_leaf order by leaf_index')).toEqual(kept)
})
