import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CHUNK_BYTES } from '../../gateway/attachments/store.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { SealFault } from '../../gateway/record/sealing.ts'
import { type Envelope, readIdentity } from '../../sdk/index.ts'
import { digestOf, makeQuestion, makeText } from '../support/attached.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { openParts, type TestParts } from '../support/parts.ts'
import { openPosting, type Posting } from '../support/posting.ts'
import { copyPki } from '../support/pki.ts'

/** Somebody who can write into the record, and has no key, changes what is sealed there. */

const TABLES = ['attachment', 'attachment_chunk', 'message_attachment']
const paper = makeText(3 * CHUNK_BYTES)
const another = makeText(3 * CHUNK_BYTES)

let own: TestDatabase
let parts: TestParts
let posting: Posting
let other: Database
let question: Envelope
let no: number
let otherNo: number

beforeAll(async () => {
  await using folder = await temporaryFolder()
  const pki = await copyPki(join(folder.path, 'pki'))
  own = await createDatabase()
  parts = await openParts(pki, own.url, await readFile(join(pki.folder, 'agencies.json'), 'utf8'))
  other = openDatabase(own.url, () => undefined)
  posting = openPosting(parts, (await readIdentity(join(pki.folder, 'agencies/gb-ctac'))).signer)
  await posting.put(paper)
  await posting.put(another)
  await posting.put(paper, 'fr-rys')
  question = makeQuestion([paper])
  await posting.submit(question)
  await posting.submit(makeQuestion([another]))
  const { rows } = await other.query<{ no: number }>('select no from attachment order by no')
  ;[no, otherNo] = [rows[0]?.no ?? 0, rows[1]?.no ?? 0]
  for (const table of TABLES) await other.query(`create table saved_${table} as table ${table}`)
})

afterAll(async () => {
  await parts[Symbol.asyncDispose]()
  await other.end()
  await own.drop()
})

/** All as it was put. */
beforeEach(async () => {
  for (const table of TABLES.toReversed()) await other.query(`delete from ${table}`)
  for (const table of TABLES) await other.query(`insert into ${table} overriding system value table saved_${table}`)
})

test('unchanged, it opens', async () => {
  expect((await posting.read(question, paper)).equals(paper.bytes)).toBe(true)
})

/** SQL in which $no, $other and $digest stand for the attachment, for another one, and for its digest. */
const set = (which: number, value: string) =>
  `update attachment_chunk set sealed = ${value} where attachment_no = $no and chunk_no = ${which}`
const flip = (which: number, byte: string) => set(which, `set_byte(sealed, ${byte}, get_byte(sealed, ${byte}) # 1)`)
const swap = (one: number, two: number) =>
  `update attachment_chunk c set sealed = o.sealed from attachment_chunk o where c.attachment_no = $no and o.attachment_no = $no
   and ((c.chunk_no = ${one} and o.chunk_no = ${two}) or (c.chunk_no = ${two} and o.chunk_no = ${one}))`
const copy = (from: number, to: number, of = '$no') =>
  set(to, `(select sealed from attachment_chunk where attachment_no = ${of} and chunk_no = ${from})`)
const drop = (which: string) => `delete from attachment_chunk where attachment_no = $no and chunk_no ${which}`
const resize = (size: string) => `update attachment set size = ${size} where no = $no`
const ofOther = (table: string, column: string, key: string) =>
  `update ${table} t set ${column} = o.${column} from ${table} o where t.${key} = $no and o.${key} = $other`

const mutations: readonly (readonly [what: string, sql: string])[] = [
  ['a bit of the first nonce', flip(0, '0')],
  ['a bit of the first chunk', flip(0, '12')],
  ['a bit in the middle', flip(1, '131072')],
  ['a bit of a tag', flip(1, 'length(sealed) - 1')],
  ['the last bit of all', flip(2, 'length(sealed) - 1')],
  ['a chunk cut at its end', set(0, 'substring(sealed from 1 for length(sealed) - 1)')],
  ['a chunk cut at its beginning', set(1, 'substring(sealed from 2)')],
  ['a chunk cut to nonce and tag', set(2, 'substring(sealed from 1 for 28)')],
  ['a chunk cut to nothing', set(1, `''`)],
  ['a chunk with a byte more', set(2, `sealed || '\\x00'`)],
  ['the first two swapped', swap(0, 1)],
  ['the last two swapped', swap(1, 2)],
  ['first and last swapped', swap(0, 2)],
  ['the first repeated', copy(0, 1)],
  ['the last but one repeated as the last', copy(1, 2)],
  ['the last one twice', copy(2, 1)],
  ['the last one gone', drop('= 2')],
  ['the middle one gone', drop('= 1')],
  ['all gone', drop('>= 0')],
  ['the last one cut off, and the size with it', `${drop('= 2')}; ${resize(`${2 * CHUNK_BYTES}`)}`],
  ['all but the first cut off, and the size with them', `${drop('> 0')}; ${resize(`${CHUNK_BYTES}`)}`],
  ['a byte less in the size', resize('size - 1')],
  ['a chunk less in the size', resize(`size - ${CHUNK_BYTES}`)],
  [
    'the last one again, and the size with it',
    `insert into attachment_chunk select $no, 3, sealed from attachment_chunk where attachment_no = $no and chunk_no = 2;
     ${resize(`size + ${CHUNK_BYTES}`)}`,
  ],
  ['one of another attachment', copy(1, 1, '$other')],
  ['all of another attachment', [0, 1, 2].map((which) => copy(which, which, '$other')).join('; ')],
  ['the key of another attachment', ofOther('message_attachment', 'wrapped_key', 'attachment_no')],
  [
    'key and chunks of another attachment',
    `${[0, 1, 2].map((which) => copy(which, which, '$other')).join('; ')};
     ${ofOther('message_attachment', 'wrapped_key', 'attachment_no')}`,
  ],
  [
    'another attachment under its name',
    `update attachment set digest = set_byte(digest, 0, get_byte(digest, 0) # 1) where no = $no;
     update message_attachment set attachment_no = $other where attachment_no = $no;
     update attachment set digest = $digest where no = $other`,
  ],
]

test.each(mutations)('%s: does not open, and not a wrong byte of it is given', async (_, sql) => {
  const filled = sql
    .replaceAll('$no', String(no))
    .replaceAll('$other', String(otherNo))
    .replaceAll('$digest', `'\\x${digestOf(paper).toString('hex')}'`)
  // In one transaction, as statements that come together are.
  await other.query(filled)
  const given: Buffer[] = []
  const readAll = async () => {
    const { size, read: open } = await posting.fetch(question, paper)
    for await (const piece of open(0, size - 1)) given.push(piece)
  }
  await expect(readAll()).rejects.toThrow(SealFault)
  const right = Buffer.concat(given)
  expect(paper.bytes.subarray(0, right.length).equals(right)).toBe(true)
  expect(right.length).toBeLessThan(paper.bytes.length)
})

test('a message’s key of an attachment opens nothing in another message, of the same case or of another', async () => {
  const [sameCase, otherCase] = [makeQuestion([paper], { caseId: question.caseId }), makeQuestion([paper])]
  for (const message of [sameCase, otherCase]) {
    await posting.submit(message)
    await other.query(
      `update message_attachment t set wrapped_key = o.wrapped_key from message_attachment o, message m, message n
       where m.no = t.message_no and m.id = $1 and n.no = o.message_no and n.id = $2 and o.attachment_no = t.attachment_no`,
      [message.id, question.id],
    )
    await expect(posting.fetch(message, paper)).rejects.toThrow(SealFault)
  }
})

test('an owner’s key of another attachment, or another’s of the same one, cannot be named', async () => {
  for (const owner of ['gb-ctac', 'fr-rys']) {
    const theirs = owner === 'gb-ctac' ? another : paper
    await other.query(
      `update attachment t set wrapped_key = o.wrapped_key from attachment o
       where t.no = $1 and o.owner = $2 and o.digest = $3 and o.no <> t.no`,
      [no, owner, digestOf(theirs)],
    )
    await expect(posting.submit(makeQuestion([paper]))).rejects.toThrow(SealFault)
  }
})
