import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { feedOf } from '../../gateway/record/leaves.ts'
import { findMessages, type MessageRow } from '../../gateway/record/messages.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { type TemporaryFolder, temporaryFolder } from './folder.ts'
import type { RegistryFile } from './gateway.ts'
import { openParts, seed, type Seed, type TestParts } from './parts.ts'
import { copyPki } from './pki.ts'

/** What tests of silence share (protocol section 6): a record of their own for each test, and a time that they set. */
export type Stage = {
  readonly pki: DevelopmentPki
  now: Date
  after(ms: number): Date
  wait(ms: number): void
  /** Each is a process, as far as the record can tell. */
  open(change?: (registry: RegistryFile) => void): Promise<TestParts>
  send(parts: TestParts, ...seeds: readonly Seed[]): Promise<readonly MessageRow[]>
  /** Asks the Home Office, for an answer within a minute. */
  ask(parts: TestParts, values?: Partial<Seed>): Promise<MessageRow>
}

export const OFFICE = 'gb-home-office'
export const question: Seed = {
  from: 'gb-ctac',
  to: OFFICE,
  type: 'status-check-request',
  priority: 1,
  respondBy: null,
}
export const answerTo = (message: Pick<MessageRow, 'id' | 'case_id'>): Seed => {
  return { from: OFFICE, to: 'gb-ctac', type: 'status-check-result', priority: 1, respondBy: null, answers: message }
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Makes the stage of a test file. Call it at its top. */
export function setStage(): Stage {
  let folder: TemporaryFolder
  let pki: DevelopmentPki
  let database: TestDatabase
  let opened: TestParts[]

  beforeAll(async () => {
    folder = await temporaryFolder()
    pki = await copyPki(join(folder.path, 'pki'))
  })
  afterAll(() => folder.remove())
  beforeEach(async () => {
    database = await createDatabase()
    opened = []
    stage.now = new Date()
  })
  afterEach(async () => {
    for (const parts of opened) await parts[Symbol.asyncDispose]()
    await database.drop()
  })

  const stage: Stage = {
    get pki() {
      return pki
    },
    now: new Date(),
    after: (ms) => new Date(stage.now.getTime() + ms),
    wait: (ms) => void (stage.now = stage.after(ms)),
    async open(change = () => undefined) {
      const registry = JSON.parse(await readFile(join(pki.folder, 'agencies.json'), 'utf8')) as RegistryFile
      change(registry)
      const parts = await openParts(pki, database.url, JSON.stringify(registry), { now: () => stage.now })
      opened.push(parts)
      return parts
    },
    async send(parts, ...seeds) {
      const numbers = await seed(pki, parts, seeds, stage.now)
      const { rows } = await parts.database.query<{ sender: string; id: string }>(
        'select sender, id from message where no = any($1) order by no',
        [numbers],
      )
      return (await findMessages(parts.database, rows)).flatMap((row) => row ?? [])
    },
    async ask(parts, values = {}) {
      const [message] = await stage.send(parts, { ...question, respondBy: stage.after(MINUTE), ...values })
      if (message === undefined) throw new Error('a question was asked')
      return message
    },
  }
  return stage
}

/** Changes an agency's entry in the registry file. */
export function changeAgency(id: string, values: object) {
  return (registry: RegistryFile) => void Object.assign(registry.agencies.find((one) => one.id === id) ?? {}, values)
}

/** The events of an agency's feed, which is in order. */
export async function feedEvents(parts: TestParts, agency: string): Promise<readonly string[]> {
  const entries = await feedOf(parts.database, agency, -1, 1_000)
  expect(entries.map(({ index }) => index)).toEqual(entries.map(({ index }) => index).toSorted((a, b) => a - b))
  return entries.map(({ jws }) => payloadOf(jws)['event'] as string)
}

export const payloadOf = (jws: string) =>
  JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>

/** How many receipts of an event the log has. */
export async function countOf(parts: TestParts, event: string): Promise<number> {
  return (await parts.database.query('select from leaf where event = $1', [event])).rowCount ?? 0
}
