import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { toPem } from '../../certs-dev/pki.ts'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { eraseCase, lockCase } from '../../gateway/record/erasures.ts'
import { acceptMessages } from '../../gateway/record/messages.ts'
import { transaction } from '../../gateway/record/record.ts'
import { signedErasures } from '../../gateway/record/signed-erasures.ts'
import { newId } from '../../sdk/sign.ts'
import { acknowledge, agencyOf, read, type Said, say } from '../support/case.ts'
import { CTAC, duty, type Erasing, manager, openErasing, RYS } from '../support/erasing.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { payloadOf } from '../support/forge.ts'
import { type RegistryFile, until } from '../support/gateway.ts'
import { makeMessage } from '../support/new-message.ts'
import { copyPki } from '../support/pki.ts'

let folder: TemporaryFolder
let pki: DevelopmentPki
let erasing: Erasing

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await copyPki(join(folder.path, 'pki'))
  erasing = await openErasing(pki)
})
afterAll(async () => {
  await erasing[Symbol.asyncDispose]()
  await folder.remove()
})
beforeEach(() => erasing.clear())

describe('new content of an erased case', () => {
  test('gets a new key, also in another process that has the old one in memory', async () => {
    const other = await erasing.another()
    const old = await erasing.settled()
    const { caseId } = old.envelope
    const destroyed = await erasing.keyOf(caseId)
    expect((await read(other, old)).equals(old.bytes), 'it has the key in memory now').toBe(true)
    await erasing.erase(caseId)
    const [there, here] = [await erasing.refer(caseId, other), await erasing.refer(caseId, erasing.parts)]
    for (const process of [erasing.parts, other]) {
      for (const said of [there, here]) expect((await read(process, said)).equals(said.bytes)).toBe(true)
      await expect(read(process, old)).rejects.toMatchObject({ code: 'erased' })
    }
    expect(await erasing.keyOf(caseId)).not.toEqual(destroyed)
  })

  test('leaves nothing of the old key in any process’s memory', async () => {
    const other = await erasing.another()
    const said = await erasing.settled()
    await read(other, said)
    const { caseId } = said.envelope
    const destroyed = await erasing.keyOf(caseId)
    await erasing.erase(caseId)
    for (const process of [erasing.parts, other])
      await until(() => !process.vault.keyOf(caseId).wrapped.equals(destroyed ?? Buffer.alloc(0)))
  })

  test('never gets a key that was destroyed, whatever a process believes of it', async () => {
    const { caseId } = (await erasing.settled()).envelope
    const destroyed = await erasing.keyOf(caseId)
    if (destroyed === undefined) throw new Error('the case has a key')
    await erasing.erase(caseId)
    // So asks a process that has made the key and never learned whether the record took it: to that one it is fresh.
    const [outcome] = await acceptMessages(erasing.parts.database, [makeMessage({ caseId, wrapped: destroyed })])
    expect(outcome).toEqual({ outcome: 'other-key', standing: undefined })
    expect(await erasing.keyOf(caseId)).toBeUndefined()
  })

  test('is erased again like the first', async () => {
    const { caseId } = (await erasing.settled()).envelope
    await erasing.erase(caseId)
    const again = await erasing.settled(caseId)
    await erasing.erase(caseId)
    await expect(read(erasing.parts, again)).rejects.toMatchObject({ code: 'erased' })
    expect(await signedErasures(erasing.parts.database, 10)).toHaveLength(2)
  })
})

describe('a message that comes at the very moment of an erasure', () => {
  test('and first: the erasure finds it unsettled', async () => {
    const other = await erasing.another()
    const { caseId } = (await erasing.settled()).envelope
    await erasing.operators.onCase('erase', caseId, duty)
    const client = await erasing.parts.database.connect()
    await client.query('begin')
    // As accept_messages holds it until its commit.
    await client.query('select from case_key where case_id = $1 for key share', [caseId])
    const joined = erasing.operators.onCase('erase', caseId, manager).catch((error: unknown) => error)
    const said = await erasing.refer(caseId, other)
    await client.query('commit')
    client.release()
    expect(await joined).toMatchObject({ code: 'case-not-settled' })
    expect((await read(erasing.parts, said)).equals(said.bytes)).toBe(true)
  })

  test.each(['with the old key in memory', 'knowing no key'])(
    'and second, %s: it waits and gets a new key',
    async (how) => {
      const other = await erasing.another()
      const old = await erasing.settled()
      const { caseId } = old.envelope
      if (how.startsWith('with')) await read(other, old)
      const destroyed = await erasing.keyOf(caseId)
      let coming: Promise<Said> | undefined
      await transaction(erasing.parts.database, async (tx) => {
        expect(await lockCase(tx, caseId)).toMatchObject({ standing: 'settled' })
        await eraseCase(tx, { actId: randomUUID(), caseId, at: erasing.now })
        coming = erasing.refer(caseId, other)
        await until(async () => {
          const { rows } = await erasing.parts.database.query(
            `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          )
          return rows.length > 0
        })
        return { result: undefined }
      })
      const said = await coming
      if (said === undefined) throw new Error('it was sent')
      expect((await read(erasing.parts, said)).equals(said.bytes)).toBe(true)
      expect(await erasing.keyOf(caseId)).not.toEqual(destroyed)
    },
  )

  test('many of both: whatever was accepted is there, or its case was settled when it was erased', async () => {
    const other = await erasing.another()
    const caseId = newId()
    await erasing.settled(caseId)
    const said: Said[] = []
    let erased = 0
    for (let round = 0; round < 10; round++) {
      const coming = Promise.all([erasing.refer(caseId, other), erasing.refer(caseId, erasing.parts)])
      await erasing.operators.onCase('erase', caseId, duty).catch(() => undefined)
      const done = await erasing.operators.onCase('erase', caseId, manager).catch(() => undefined)
      if (done?.pending === false) erased++
      const [one, two] = await coming
      for (const each of [one, two]) {
        expect((await read(erasing.parts, each)).equals(each.bytes), 'unsettled, so never erased').toBe(true)
        await acknowledge(pki, erasing.parts, each)
        said.push(each)
      }
    }
    await erasing.operators.onCase('erase', caseId, duty)
    await erasing.operators.onCase('erase', caseId, manager)
    for (const each of said) await expect(read(erasing.parts, each)).rejects.toMatchObject({ code: 'erased' })
    expect(await signedErasures(erasing.parts.database, 100)).toHaveLength(erased + 1)
  })
})

test('a restored record is brought to what was erased since, once for each act, settled or not', async () => {
  const said = await erasing.refer(newId())
  const erasure = { actId: newId(), caseId: said.envelope.caseId, at: erasing.now }
  const replay = () => transaction(erasing.parts.database, async (tx) => ({ result: await eraseCase(tx, erasure) }))
  expect(await replay()).toBe(1)
  await expect(read(erasing.parts, said)).rejects.toMatchObject({ code: 'erased' })
  const later = await erasing.refer(said.envelope.caseId)
  expect(await replay(), 'known').toBeUndefined()
  expect((await read(erasing.parts, later)).equals(later.bytes)).toBe(true)
})

test('what was restored without contents and waits for an endpoint is given up at once', async () => {
  const file = JSON.parse(await readFile(join(pki.folder, 'agencies.json'), 'utf8')) as RegistryFile
  const delivery = { mode: 'push', url: 'https://localhost:9/', trustAnchors: toPem(pki.root.certificate) }
  for (const agency of file.agencies) if (agency.id === CTAC) agency.delivery = delivery
  await using pushing = await erasing.openProcess(JSON.stringify(file))
  const { envelope } = await say(pki, pushing, 'referral', { from: RYS, to: CTAC, priority: 'urgent' })
  const erasure = { actId: newId(), caseId: envelope.caseId, at: erasing.now }
  await transaction(erasing.parts.database, async (tx) => ({ result: await eraseCase(tx, erasure) }))
  await pushing.work({ recipient: CTAC, priority: 1 })
  const message = await erasing.parts.findSent(agencyOf(erasing.parts, RYS), envelope.id)
  expect(message.state).toBe('dead-lettered')
  const receipts = await erasing.parts.receiptsOf(message)
  expect(payloadOf(receipts.at(-1) ?? '')).toMatchObject({
    event: 'ContentConsignmentFailure',
    reason: { code: 'erased' },
  })
})
