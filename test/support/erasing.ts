import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { type Acts, openActs } from '../../gateway/operations/perform.ts'
import type { Envelope } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import { acknowledge, type Said, say } from './case.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { openParts, type TestParts } from './parts.ts'

export const RYS = 'fr-rys'
export const CTAC = 'gb-ctac'
export const duty = {
  operator: { id: 'duty', name: 'Duty', role: 'act' as const },
  reason: 'The family of Marqueur-Motif asked for it',
}
export const manager = {
  operator: { id: 'manager', name: 'Manager', role: 'act' as const },
  reason: 'So did the court, for Marqueur-Motif',
}

/** A record of its own, with what two operators and two agencies do on it. */
export type Erasing = AsyncDisposable & {
  readonly database: TestDatabase
  readonly parts: TestParts
  readonly operators: Acts
  /** What time it is for all of them. */
  now: Date
  /** Another process of the same gateway, opened once: its own connections, and its own memory of keys. */
  another(): Promise<TestParts>
  /** One more, with a registry of its own. */
  openProcess(registry: string): Promise<TestParts>
  /** Begins anew: without cases, now. Opening the parts takes seconds of a processor. */
  clear(): Promise<void>
  /** Says something in a case, over a process. */
  refer(caseId: string, process?: TestParts, more?: Partial<Envelope>): Promise<Said>
  /** The same, acknowledged. */
  settled(caseId?: string, more?: Partial<Envelope>): Promise<Said>
  erase(caseId: string): Promise<void>
  /** The wrapped key of a case, as it stands. */
  keyOf(caseId: string): Promise<Buffer | undefined>
}

export async function openErasing(pki: DevelopmentPki): Promise<Erasing> {
  const opened = new AsyncDisposableStack()
  const standard = await readFile(join(pki.folder, 'agencies.json'), 'utf8')
  const database = opened.use(await createDatabase())
  const openProcess = (registry = standard): Promise<TestParts> =>
    openParts(pki, database.url, registry, { now: () => erasing.now })
  const erasing = { now: new Date() }
  const parts = opened.use(await openProcess())
  const operators = openActs({ ...parts, enqueue: () => undefined })
  const refer: Erasing['refer'] = (caseId, process = parts, more = {}) =>
    say(pki, process, 'referral', { from: RYS, to: CTAC, caseId, ...more })
  let second: Promise<TestParts> | undefined
  return Object.assign(erasing, {
    another: () => (second ??= openProcess().then((process) => opened.use(process))),
    async clear() {
      erasing.now = new Date()
      await parts.database.query(
        `truncate message, delivery, leaf, case_key, act, pending_act, erasure, attachment, attachment_chunk, message_attachment`,
      )
    },
    database,
    parts,
    operators,
    openProcess,
    refer,
    async settled(caseId = newId(), more: Partial<Envelope> = {}) {
      const said = await refer(caseId, parts, more)
      await acknowledge(pki, parts, said)
      return said
    },
    async erase(caseId: string) {
      for (const decision of [duty, manager]) await operators.onCase('erase', caseId, decision)
    },
    async keyOf(caseId: string) {
      const { rows } = await parts.database.query<{ wrapped: Buffer }>(
        'select wrapped from case_key where case_id = $1',
        [caseId],
      )
      return rows[0]?.wrapped
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  })
}
