import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client } from 'pg'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { openActs } from '../../gateway/operations/perform.ts'
import { type Embedded, startEmbedded } from '../../gateway/record/embedded/embedded.ts'
import { clearLog, rewriteTables } from '../../gateway/record/maintenance.ts'
import { newId } from '../../sdk/sign.ts'
import { digestOf, makePicture, naming, piecesOf } from '../support/attached.ts'
import { acknowledge, read, type Said, say } from '../support/case.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { openParts, type TestParts } from '../support/parts.ts'
import { quiet } from '../support/quiet.ts'
import { filesWith, remember } from '../support/traces.ts'
import { copyPki } from '../support/pki.ts'

const RYS = 'fr-rys'
const CTAC = 'gb-ctac'
const duty = { operator: { id: 'duty', name: 'Duty', role: 'act' as const }, reason: 'Asked for by the family' }
const manager = { operator: { id: 'manager', name: 'Manager', role: 'act' as const }, reason: 'Asked for by the court' }
const PATIENCE_MS = 20_000

let pki: DevelopmentPki
let folder: TemporaryFolder
let embedded: Embedded
let parts: TestParts

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await copyPki(join(folder.path, 'pki'))
  embedded = await startEmbedded(home(), quiet)
  parts = await openParts(pki, embedded.url, await readFile(join(pki.folder, 'agencies.json'), 'utf8'))
})
afterAll(async () => {
  await parts[Symbol.asyncDispose]()
  await embedded.close()
  await folder.remove()
})

const home = (): string => join(folder.path, 'data')

async function query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: embedded.url })
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

async function settled(body: object = {}): Promise<Said> {
  const said = await say(pki, parts, 'information-request', { from: RYS, to: CTAC, caseId: newId(), ...body })
  await acknowledge(pki, parts, said)
  return said
}

/** Has the server go through segments of its log and keep them to be used again, as it does by itself in hours. */
async function turnLog(): Promise<void> {
  for (let segment = 0; segment < 3; segment++) {
    await query(`select pg_logical_emit_message(false, 'test', repeat('x', 1000))`)
    await query('select pg_switch_wal()')
  }
  await query('checkpoint')
}

test('what was erased is in no file of the data folder: neither in tables, nor in the log, nor in what the log keeps', async () => {
  const small = await settled()
  const picture = makePicture(300_000)
  const [owner, digest, bytes] = [RYS, digestOf(picture), piecesOf(picture.bytes)]
  await parts.attachments.put({ owner, digest, declared: picture.mediaType, length: picture.bytes.length, bytes })
  const large = await say(pki, parts, 'referral', { from: RYS, to: CTAC, attachments: [naming(picture)] })
  await acknowledge(pki, parts, large)
  const kept = await settled()
  const caseIds = [small, large].map(({ envelope }) => envelope.caseId)
  const remembered = await remember(embedded.url, caseIds)
  const standing = await remember(embedded.url, [kept.envelope.caseId])
  // Samples for statistics, full pages in the log, segments that wait to be used again.
  await query('analyze')
  await turnLog()
  await settled()
  const operators = openActs({ ...parts, enqueue: () => undefined })
  for (const caseId of caseIds)
    for (const decision of [duty, manager]) await operators.onCase('erase', caseId, decision)
  await turnLog()
  const before = filesWith(home(), remembered)
  expect(
    before.some((name) => name.includes('/base/')),
    'in tables',
  ).toBe(true)
  expect(
    before.some((name) => name.includes('/pg_wal/')),
    'in the log',
  ).toBe(true)

  const told: string[] = []
  const tell = (line: string): void => void told.push(line)
  expect(await rewriteTables(embedded.url, tell, PATIENCE_MS)).toBe(true)
  await clearLog(embedded.url, tell)
  expect(filesWith(home(), remembered)).toEqual([])
  expect(filesWith(home(), standing), 'what stays is there, so that the search finds what it looks for').not.toEqual([])
  expect((await read(parts, kept)).equals(kept.bytes)).toBe(true)
  const later = await settled()
  expect((await read(parts, later)).equals(later.bytes)).toBe(true)
  expect(await query('show wal_recycle')).toEqual([{ wal_recycle: 'on' }])
  expect(told.at(-1)).toBe('write-ahead log: begun anew')
})

test('while somebody may still see what was deleted, nothing is claimed: who it is is told', async () => {
  const { envelope } = await settled()
  const reader = new Client({ connectionString: embedded.url, application_name: 'a report' })
  await reader.connect()
  await reader.query('begin isolation level repeatable read; select from message')
  const operators = openActs({ ...parts, enqueue: () => undefined })
  for (const decision of [duty, manager]) await operators.onCase('erase', envelope.caseId, decision)
  await expect(rewriteTables(embedded.url, () => undefined, 0)).rejects.toThrow(
    /^session \d+ \(a report\) keeps what was deleted/,
  )
  await reader.end()
  await rewriteTables(embedded.url, () => undefined, PATIENCE_MS)
})

test('a log that is kept for somebody is not said to be clean', async () => {
  await query(`select pg_create_physical_replication_slot('kept', true)`)
  await settled()
  await turnLog()
  await expect(clearLog(embedded.url, () => undefined)).rejects.toThrow(/keeps \d+ old segments/)
  expect(await query('show wal_recycle'), 'as it was').toEqual([{ wal_recycle: 'on' }])
  await query(`select pg_drop_replication_slot('kept')`)
  await clearLog(embedded.url, () => undefined)
})

test('messages come in meanwhile', async () => {
  const coming = Promise.all(Array.from({ length: 20 }, () => settled()))
  await rewriteTables(embedded.url, () => undefined, PATIENCE_MS)
  await clearLog(embedded.url, () => undefined)
  for (const said of await coming) expect((await read(parts, said)).equals(said.bytes)).toBe(true)
})

test('whoever owns the tables alone writes them anew, and is told that the statistics are another’s', async () => {
  const { url } = await asOwner()
  expect(await rewriteTables(url, () => undefined, PATIENCE_MS)).toBe(false)
})

/** The record as a PostgreSQL of one's own has it: its tables belong to a user who is no superuser. */
async function asOwner(): Promise<{ url: string }> {
  await query('create role owner login')
  for (const { name } of await query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  ))
    await query(`alter table public.${name} owner to owner`)
  const url = new URL(embedded.url)
  url.username = 'owner'
  return { url: url.href }
}
