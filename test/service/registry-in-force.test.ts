import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { issue } from '../../certs-dev/pki.ts'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import { parseRegistry } from '../../gateway/identity/registry.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { openParts, seed, type TestParts } from '../support/parts.ts'
import { copyPki } from '../support/pki.ts'

type Pin = { use: string; pem: string }
type File = { agencies: { id: string; certificates: Pin[]; name: object; status: string }[]; operators: object[] }

let folder: TemporaryFolder
let pki: DevelopmentPki
let standard: File
let database: TestDatabase
let opened: TestParts[]
const at = new Date()

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await copyPki(join(folder.path, 'pki'))
  standard = JSON.parse(await readFile(join(pki.folder, 'agencies.json'), 'utf8')) as File
})
afterAll(() => folder.remove())
beforeEach(async () => {
  database = await createDatabase()
  opened = []
})
afterEach(async () => {
  for (const parts of opened) await parts[Symbol.asyncDispose]()
  await database.drop()
})

async function open(): Promise<TestParts> {
  const parts = await openParts(pki, database.url, JSON.stringify(standard), { now: () => at })
  opened.push(parts)
  return parts
}

function changed(change: (agency: File['agencies'][number]) => void): string {
  const file = structuredClone(standard)
  const agency = file.agencies.find(({ id }) => id === 'fr-rys')
  if (agency) change(agency)
  return JSON.stringify(file)
}

const enforce = (parts: TestParts, text: string) =>
  parts.enforce({ registry: parseRegistry(text), keys: parts.keys }, () => undefined)

async function entries(parts: TestParts) {
  const { rows } = await parts.database.query<{ jws: Buffer }>(
    `select jws from leaf where typ = 'registry-entry+jws' order by index`,
  )
  return rows.map(({ jws }) => {
    const payload = Buffer.from(jws.toString('latin1').split('.')[1] ?? '', 'base64url').toString()
    return JSON.parse(payload) as {
      entryId: string
      at: string
      gateway: string
      party: { id: string; status?: string; certificates: { use: string; thumbprint: string }[] }
    }
  })
}

test('each entry is a leaf as it comes into force, the gateway’s own too, and only what changes is one again', async () => {
  const parts = await open()
  await enforce(parts, JSON.stringify(standard))
  const first = await entries(parts)
  expect(first.map(({ party }) => party.id)).toEqual([parts.keys.id, ...standard.agencies.map(({ id }) => id)])
  const [own, rys] = first
  expect(own).toMatchObject({
    gateway: parts.keys.id,
    at: at.toISOString(),
    party: { certificates: [{ use: 'tls' }, { use: 'signing' }] },
  })
  expect(Object.keys(own?.party ?? {})).toEqual(['id', 'certificates'])
  expect(Object.keys(rys?.party ?? {}).toSorted()).toEqual(['certificates', 'country', 'id', 'kind', 'roles', 'status'])
  expect(JSON.stringify(first)).not.toContain('Refugee')

  await enforce(parts, JSON.stringify(standard))
  expect(await entries(parts)).toHaveLength(first.length)
  await enforce(
    parts,
    changed((agency) => (agency.status = 'suspended')),
  )
  const [last] = (await entries(parts)).slice(first.length)
  expect(last?.party).toMatchObject({ id: 'fr-rys', status: 'suspended' })
  await enforce(parts, JSON.stringify(standard))
  expect(await entries(parts)).toHaveLength(first.length + 2)
})

test('processes that put the same registry in force at once log it once', async () => {
  const all = [await open(), await open(), await open()]
  await Promise.all(
    all.flatMap((parts) => [enforce(parts, JSON.stringify(standard)), enforce(parts, JSON.stringify(standard))]),
  )
  const [parts] = all
  if (parts === undefined) throw new Error('three were opened')
  expect(await entries(parts)).toHaveLength(standard.agencies.length + 1)
  const { rows } = await parts.database.query(`select count(*)::int as wrong from party_entry p
    join leaf l on l.index = p.leaf_index where l.typ <> 'registry-entry+jws'`)
  expect(rows).toEqual([{ wrong: 0 }])
})

test('a certificate that the registry drops is remembered, with the time; one that comes back is current again', async () => {
  const parts = await open()
  const validity = { notBefore: new Date(at.getTime() - 60_000), notAfter: new Date(at.getTime() + 3_600_000) }
  const fresh = await issue(pki.intermediate, { subject: 'CN=fr-rys signing', validity, use: 'signing' })
  const { thumbprint } = parseCertificate(fresh.pem)
  const dropped = async () => {
    const { rows } = await parts.database.query<{ dropped_at: Date | null }>(
      'select dropped_at from pinned_certificate where thumbprint = $1',
      [thumbprint],
    )
    return rows.map((row) => row.dropped_at !== null)
  }
  const withFresh = changed((agency) => agency.certificates.push({ use: 'signing', pem: fresh.pem }))
  await enforce(parts, withFresh)
  expect(await dropped()).toEqual([false])
  await enforce(parts, JSON.stringify(standard))
  expect(await dropped()).toEqual([true])
  await enforce(parts, withFresh)
  expect(await dropped()).toEqual([false])
})

test('agencies that leave the registry are held, as long as they are away; one that comes back is a leaf again', async () => {
  const parts = await open()
  await enforce(parts, JSON.stringify(standard))
  const before = (await entries(parts)).length
  await seed(pki, parts, [{ from: 'fr-rys', to: 'gb-ctac', type: 'referral', priority: 0 }], at)
  const gone = ['gb-ctac', 'gb-home-office']
  const rest = { ...standard, agencies: standard.agencies.filter(({ id }) => !gone.includes(id)) }
  const held = async () =>
    (await parts.database.query<{ agency: string }>('select agency from hold order by agency')).rows.map(
      ({ agency }) => agency,
    )
  for (let start = 0; start < 2; start++) {
    await enforce(parts, JSON.stringify(rest))
    expect(await held()).toEqual(gone)
    expect(await entries(parts)).toHaveLength(before)
  }
  await enforce(parts, JSON.stringify(standard))
  expect(await held()).toEqual([])
  const back = (await entries(parts)).slice(before).map(({ party }) => party.id)
  expect(back.toSorted()).toEqual(gone)
})
