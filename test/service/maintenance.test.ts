import { readdirSync, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Client } from 'pg'
import { type DevelopmentPki, makeDevelopmentPki } from '../../certs-dev/tree.ts'
import { openActs } from '../../gateway/operations/perform.ts'
import { type Embedded, startEmbedded } from '../../gateway/record/embedded/embedded.ts'
import { clearLog, rewriteTables } from '../../gateway/record/maintenance.ts'
import { newId } from '../../sdk/sign.ts'
import { acknowledge, read, type Said, say } from '../support/case.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { openParts, type TestParts } from '../support/parts.ts'
import { quiet } from '../support/quiet.ts'

const RYS = 'fr-rys'
const CTAC = 'gb-ctac'
const duty = { operator: { id: 'duty', name: 'Duty' }, reason: 'Asked for by the family' }
const manager = { operator: { id: 'manager', name: 'Manager' }, reason: 'Asked for by the court' }
const PATIENCE_MS = 20_000

let pkiFolder: TemporaryFolder
let pki: DevelopmentPki
let registry: string
let folder: TemporaryFolder
let embedded: Embedded
let parts: TestParts

beforeAll(async () => {
  pkiFolder = await temporaryFolder()
  pki = await makeDevelopmentPki(join(pkiFolder.path, 'pki'))
  registry = await readFile(join(pki.folder, 'agencies.json'), 'utf8')
})
afterAll(() => pkiFolder.remove())
beforeEach(async () => {
  folder = await temporaryFolder()
  embedded = await startEmbedded(join(folder.path, 'data'), quiet)
  parts = await openParts(pki, embedded.url, registry)
})
afterEach(async () => {
  await parts[Symbol.asyncDispose]()
  await embedded.close()
  await folder.remove()
})

async function query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: embedded.url })
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

/** The files of the data folder in which any of these bytes stand. */
function filesWith(remembered: readonly Buffer[]): readonly string[] {
  const home = join(folder.path, 'data')
  return readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = join(home, name)
    if (!statSync(file).isFile()) return false
    const bytes = readFileSync(file)
    return remembered.some((one) => bytes.includes(one))
  })
}

/** Pieces of what must not be found: a row's bytes may be cut where TOAST or a page of the log ends. */
const piecesOf = (bytes: Buffer): readonly Buffer[] =>
  Array.from({ length: Math.floor(bytes.length / 32) }, (_, at) => bytes.subarray(32 * at, 32 * at + 32))

/** The keys and the sealed bytes of cases, as they stand in the record. */
async function remember(caseIds: readonly string[]): Promise<readonly Buffer[]> {
  const keys = await query<{ bytes: Buffer }>('select wrapped as bytes from case_key where case_id = any($1)', [
    caseIds,
  ])
  const sealed = await query<{ bytes: Buffer }>('select sealed as bytes from message where case_id = any($1)', [
    caseIds,
  ])
  return [...keys.map(({ bytes }) => bytes.subarray(0, 32)), ...sealed.flatMap(({ bytes }) => piecesOf(bytes))]
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
  const large = await say(pki, parts, 'referral', { from: RYS, to: CTAC })
  await acknowledge(pki, parts, large)
  const kept = await settled()
  const caseIds = [small, large].map(({ envelope }) => envelope.caseId)
  const remembered = await remember(caseIds)
  const standing = await remember([kept.envelope.caseId])
  // Samples for statistics, full pages in the log, segments that wait to be used again.
  await query('analyze')
  await turnLog()
  await settled()
  const operators = openActs({ ...parts, enqueue: () => undefined })
  for (const caseId of caseIds)
    for (const decision of [duty, manager]) await operators.onCase('erase', caseId, decision)
  await turnLog()
  const before = filesWith(remembered)
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
  expect(filesWith(remembered)).toEqual([])
  expect(filesWith(standing), 'what stays is there, so that the search finds what it looks for').not.toEqual([])
  expect((await read(parts, kept)).equals(kept.bytes)).toBe(true)
  const later = await settled()
  expect((await read(parts, later)).equals(later.bytes)).toBe(true)
  expect(await query('show wal_recycle')).toEqual([{ wal_recycle: 'on' }])
  expect(told.at(-1)).toBe('write-ahead log: begun anew')
})
