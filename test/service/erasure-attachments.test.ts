import { buffer } from 'node:stream/consumers'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { transaction } from '../../gateway/record/record.ts'
import { dueCases, eraseCase } from '../../gateway/record/erasures.ts'
import { newId } from '../../sdk/sign.ts'
import { digestOf, makePicture, makeText, naming, type Paper, piecesOf } from '../support/attached.ts'
import { acknowledge, resubmit, type Said, say } from '../support/case.ts'
import { CTAC, type Erasing, openErasing, RYS } from '../support/erasing.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
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

const put = (paper: Paper) =>
  erasing.parts.attachments.put({
    owner: RYS,
    digest: digestOf(paper),
    declared: paper.mediaType,
    length: paper.bytes.length,
    bytes: piecesOf(paper.bytes),
  })

async function get({ envelope: { id } }: Said, paper: Paper): Promise<Buffer> {
  const asked = { recipient: CTAC, from: RYS, id, digest: digestOf(paper) }
  const { size, read } = await erasing.parts.attachments.fetch(asked)
  return await buffer(read(0, size - 1))
}

/** A settled message that names papers, in a case. */
const tell = (caseId: string, ...papers: readonly Paper[]) =>
  erasing.settled(caseId, { attachments: papers.map(naming) })

async function left(): Promise<Record<string, number>> {
  const { rows } = await erasing.parts.database.query<Record<string, number>>(
    `select (select count(*) from attachment) as attachments, (select count(*) from attachment_chunk) as chunks,
       (select count(*) from message_attachment) as named`,
  )
  return rows[0] ?? {}
}

const erased = expect.objectContaining({ code: 'erased' })
const missing = expect.objectContaining({ problem: expect.objectContaining({ code: 'attachment-missing' }) })

describe('the attachments of an erased case', () => {
  test('go with their keys and chunks, and are read by nobody', async () => {
    const papers = [makeText(), makePicture(600_000)]
    for (const paper of papers) await put(paper)
    const caseId = newId()
    const said = await tell(caseId, ...papers)
    expect(await left()).toEqual({ attachments: 2, chunks: 4, named: 2 })
    for (const paper of papers) expect((await get(said, paper)).equals(paper.bytes)).toBe(true)
    await erasing.erase(caseId)
    expect(await left()).toEqual({ attachments: 0, chunks: 0, named: 0 })
    for (const paper of papers) await expect(get(said, paper)).rejects.toEqual(erased)
    expect(await resubmit(erasing.parts, RYS, said.bytes)).toMatchObject({ receipt: said.receipt, replayed: true })
  })

  test('stay where a message of another case names them, for that message alone', async () => {
    const [shared, own] = [makeText(), makeText()]
    for (const paper of [shared, own]) await put(paper)
    const [gone, kept] = [newId(), newId()]
    const erasedSaid = await tell(gone, shared, own)
    const keptSaid = await tell(kept, shared)
    await erasing.erase(gone)
    expect(await left()).toEqual({ attachments: 1, chunks: 1, named: 1 })
    expect((await get(keptSaid, shared)).equals(shared.bytes)).toBe(true)
    await expect(get(erasedSaid, shared)).rejects.toEqual(erased)
    await erasing.erase(kept)
    expect(await left()).toEqual({ attachments: 0, chunks: 0, named: 0 })
  })

  test('are put again before a message names them again', async () => {
    const paper = makeText()
    await put(paper)
    const caseId = newId()
    await tell(caseId, paper)
    await erasing.erase(caseId)
    await expect(tell(caseId, paper)).rejects.toEqual(missing)
    expect((await put(paper)).isNew).toBe(true)
    const again = await tell(caseId, paper)
    expect((await get(again, paper)).equals(paper.bytes)).toBe(true)
  })

  test('are counted, each once, before retention takes them', async () => {
    const [one, other] = [makeText(), makeText()]
    for (const paper of [one, other]) await put(paper)
    const caseId = newId()
    for (const papers of [[one, other], [one]]) await tell(caseId, ...papers)
    const closure = await say(pki, erasing.parts, 'case-closure', { from: CTAC, to: RYS, caseId })
    await acknowledge(pki, erasing.parts, closure)
    const due = await dueCases(erasing.parts.database, erasing.now, 10)
    expect(due).toMatchObject([{ caseId, messages: 3, attachments: 2 }])
  })

  test('are many, and go by several statements', async () => {
    const caseId = newId()
    const papers = Array.from({ length: 45 }, () => makeText(100))
    for (const paper of papers) await put(paper)
    for (const from of [0, 20, 40]) await tell(caseId, ...papers.slice(from, from + 20))
    await erasing.erase(caseId)
    expect(await left()).toEqual({ attachments: 0, chunks: 0, named: 0 })
  })
})

test('a message of another case that names an attachment at the moment of erasing: first, it stays; second, it is missing', async () => {
  const paper = makeText()
  await put(paper)
  const caseId = newId()
  await tell(caseId, paper)
  const other = await erasing.another()
  let coming: Promise<unknown> | undefined
  await transaction(erasing.parts.database, async (tx) => {
    await eraseCase(tx, { actId: newId(), caseId, at: erasing.now })
    coming = erasing.refer(newId(), other, { attachments: [naming(paper)] }).catch((error: unknown) => error)
    // It waits for the attachment's row, or has not come to it yet: either way it finds it gone.
    return { result: undefined }
  })
  expect(await coming).toEqual(missing)

  await put(paper)
  const first = await tell(caseId, paper)
  const second = await erasing.refer(newId(), other, { attachments: [naming(paper)] })
  await erasing.erase(caseId)
  await acknowledge(pki, erasing.parts, second)
  expect((await get(second, paper)).equals(paper.bytes)).toBe(true)
  await expect(get(first, paper)).rejects.toEqual(erased)
})
