import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHUNK_BYTES } from '../../gateway/attachments/store.ts'
import { isOutage } from '../../gateway/record/database.ts'
import { readIdentity } from '../../sdk/index.ts'
import { makeQuestion, makeText, piecesOf } from '../support/attached.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { openParts, type TestParts } from '../support/parts.ts'
import { openPosting, type Posting } from '../support/posting.ts'
import { copyPki } from '../support/pki.ts'

let own: TestDatabase
let parts: TestParts
let posting: Posting

beforeAll(async () => {
  await using folder = await temporaryFolder()
  const pki = await copyPki(join(folder.path, 'pki'))
  own = await createDatabase()
  parts = await openParts(pki, own.url, await readFile(join(pki.folder, 'agencies.json'), 'utf8'))
  posting = openPosting(parts, (await readIdentity(join(pki.folder, 'agencies/gb-ctac'))).signer)
})

afterAll(async () => {
  await parts[Symbol.asyncDispose]()
  await own.drop()
})

const coded = (code: string) => expect.objectContaining({ code })

test('of an erased case no attachment is given, whether it was named or not', async () => {
  const paper = makeText()
  await posting.put(paper)
  const question = makeQuestion([paper])
  await posting.submit(question)
  await parts.database.query('delete from case_key where case_id = $1', [question.caseId])
  await expect(posting.fetch(question, paper)).rejects.toEqual(coded('erased'))
  await expect(posting.fetch(question, makeText())).rejects.toEqual(coded('erased'))
  await expect(posting.fetch(question, paper, 'fr-dep-62')).rejects.toEqual(coded('not-found'))
  // New content of the case opens a new key, with which nothing of before opens.
  await posting.submit(makeQuestion([], { caseId: question.caseId }))
  await parts.database.query('update message set sealed = null where id = $1', [question.id])
  await expect(posting.fetch(question, paper)).rejects.toEqual(coded('erased'))
})

test('what comes in pieces of any size is the same in the record', async () => {
  const paper = makeText(CHUNK_BYTES + 5)
  await posting.put(paper, 'gb-ctac', piecesOf(paper.bytes, 9_973))
  const question = makeQuestion([paper])
  await posting.submit(question)
  expect((await posting.read(question, paper)).equals(paper.bytes)).toBe(true)
})

test('where connections to the record break again and again, what was put is whole, and what was not may be put again', async () => {
  const admin = new pg.Client({ connectionString: own.url, application_name: 'test' })
  await admin.connect()
  const papers = Array.from({ length: 12 }, () => makeText(12 * CHUNK_BYTES))
  const state = { left: papers.length, broken: 0 }
  const breaking = (async () => {
    // After a while it is let be.
    while (state.left > 0 && state.broken < 40) {
      await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'passerelle' and state <> 'idle'`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })()
  const putUntilItIs = async (paper: (typeof papers)[number]): Promise<void> => {
    for (;;) {
      try {
        await posting.put(paper)
        state.left -= 1
        return
      } catch (error) {
        if (!isOutage(error)) throw error
        state.broken += 1
      }
    }
  }
  await Promise.all(papers.map(putUntilItIs))
  await breaking
  await admin.end()
  expect(state.broken).toBeGreaterThan(0)
  const question = makeQuestion(papers)
  await posting.submit(question)
  for (const paper of papers) expect((await posting.read(question, paper)).equals(paper.bytes)).toBe(true)
})
