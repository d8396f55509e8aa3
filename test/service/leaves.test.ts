import { randomBytes, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { recordAct } from '../../gateway/record/acts.ts'
import { type Database, openDatabase, transaction } from '../../gateway/record/database.ts'
import { acknowledgeMessages } from '../../gateway/record/acknowledgements.ts'
import { consign } from '../../gateway/record/deliveries.ts'
import { appendLeaves, type Leaf, openLog } from '../../gateway/record/leaves.ts'
import { acceptMessages, findMessages } from '../../gateway/record/messages.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { recordEntries } from '../../gateway/record/parties.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { makeMessage } from '../support/new-message.ts'

let own: TestDatabase
let database: Database

beforeEach(async () => {
  own = await createDatabase()
  database = openDatabase(own.url, () => undefined)
  await migrate(database)
})
afterEach(async () => {
  await database.end()
  await own.drop()
})

test('an acknowledgement tells its leaves by what they say, not by their order', async () => {
  await openLog(database, 'test/log')
  await acceptMessages(database, [makeMessage()])
  const { rows } = await database.query<{ sender: string; id: string }>('select sender, id from message')
  const [message] = await findMessages(database, rows)
  if (message === undefined) throw new Error('no message')
  const leaf = (event: string) => ({ id: randomUUID(), typ: 'delivery-receipt+jws' as const, jws: 'a.b.c', event })
  const leaves = [leaf('ContentHandover'), leaf('ContentConsignment')]
  expect(await acknowledgeMessages(database, [{ message, to: 'handed-over', leaves }])).toEqual(['written'])
  const delivery = await database.query('select answer_leaf, consigned_leaf from delivery')
  expect(delivery.rows).toEqual([{ answer_leaf: 1, consigned_leaf: 2 }])
})

test('deliveries, acts and entries know their leaves, whatever else one transaction appends', async () => {
  await openLog(database, 'test/log')
  const made = [makeMessage(), makeMessage(), makeMessage()]
  await acceptMessages(database, made)
  const leaf = (typ: Leaf['typ'], messageNo?: number): Leaf => {
    return { id: randomUUID(), typ, jws: `${typ}.of.it`, ...(messageNo !== undefined && { messageNo }) }
  }
  const { rows } = await database.query<{ no: number }>('select no from message order by no desc')
  const receipts = rows.map(({ no }) => ({
    messageNo: no,
    attempt: 1,
    desk: undefined,
    receipt: leaf('delivery-receipt+jws', no),
  }))
  const act = leaf('operator-act+jws')
  const entries = ['gb-ctac', 'fr-rys'].map((party) => {
    return { party, digest: randomBytes(32), leaf: leaf('registry-entry+jws') }
  })
  const index = await transaction(database, async (tx) => {
    // Sent together, and not one behind another's answer.
    const first = appendLeaves(tx, [leaf('delivery-receipt+jws')])
    const record = {
      id: act.id,
      at: new Date(),
      act: 'retry',
      operator: 'op',
      sealedReason: randomBytes(10),
      subject: { agency: 'fr-rys' },
      leaf: act,
    }
    const acted = recordAct(tx, record, [leaf('delivery-receipt+jws'), leaf('delivery-receipt+jws')])
    const pending = [
      first,
      consign(tx, receipts, { at: new Date(), unreadAt: new Date() }),
      acted,
      recordEntries(tx, entries),
    ]
    return { result: await first, pending }
  })
  expect(index).toBe(3)
  const leafOf = `(select id from leaf where index =`
  const found = await database.query<{ ids: readonly string[] }>(
    `select array_agg(${leafOf} consigned_leaf) order by message_no desc)
       || (select ${leafOf} leaf_index) from act)
       || array[(select ${leafOf} leaf_index) from party_entry where party = 'gb-ctac'),
                (select ${leafOf} leaf_index) from party_entry where party = 'fr-rys')] as ids
     from delivery`,
  )
  expect(found.rows[0]?.ids).toEqual([
    ...receipts.map(({ receipt }) => receipt.id),
    act.id,
    ...entries.map((entry) => entry.leaf.id),
  ])
})

test('where no log was opened, nothing is appended', async () => {
  const leaf: Leaf = { id: randomUUID(), typ: 'delivery-receipt+jws', jws: 'a.b.c' }
  await expect(appendLeaves(database, [leaf])).rejects.toThrow('the evidence log is not open')
  await expect(acceptMessages(database, [makeMessage()])).rejects.toThrow('the evidence log is not open')
  expect((await database.query('select from leaf')).rowCount).toBe(0)
})
