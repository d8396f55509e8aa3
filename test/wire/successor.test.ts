import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCheckpoint, parseVerifierKey } from '../../gateway/protocol/note-keys.ts'
import { signMessage } from '../../sdk/index.ts'
import { makeEnvelope, openAgency } from '../support/agency.ts'
import type { BundleDocument } from '../support/evidence/plan.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { ask, askOperations } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs } from '../support/raw.ts'

/** A record that is brought back from a backup: its log is never continued, and two operators start another (protocol section 10). */

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.[Symbol.asyncDispose]())

type Logs = { logs: { origin: string; verifierKeys: string[]; current: boolean }[] }

async function submit(): Promise<string> {
  await using sender = await openAgency(gateway, 'fr-rys')
  const bytes = await signMessage(makeEnvelope('referral', 'fr-rys', 'gb-ctac'), sender.signer, new Date())
  return (await sender.client.submit(bytes)).receipt
}
const saidIn = (receipt: string) =>
  JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString()) as {
    receiptId: string
    messageId: string
  }
const idOf = (receipt: string): string => saidIn(receipt).receiptId

async function query(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: gateway.databaseUrl })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

async function checkpoint() {
  using rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  const { logs } = (await rys.get('/.well-known/passerelle')).read<Logs>()
  const [current, ...past] = logs
  const note = (await rys.get('/v1/log/checkpoint')).body.toString()
  return { ...openCheckpoint(note, current?.origin ?? '', (current?.verifierKeys ?? []).map(parseVerifierKey)), past }
}
async function bundleOf(receipt: string): Promise<BundleDocument> {
  using rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  return (await rys.get(`/v1/messages/${saidIn(receipt).messageId}/evidence`)).read<BundleDocument>()
}

/** The page that answers where a proof is pasted on the console. */
async function checkPasted(leaf = '', proof = ''): Promise<string> {
  const { folder } = gateway.pki
  const url = `${gateway.operationsUrl}/log/check`
  const { text } = await ask(folder, url, { as: 'operators/duty' })
  const [, token = ''] = /name="token" value="([^"]+)"/.exec(text) ?? []
  const body = new URLSearchParams({ token, proof, leaf }).toString()
  return (await ask(folder, url, { as: 'operators/duty', body, contentType: 'application/x-www-form-urlencoded' })).text
}

async function isProved(receipt: string): Promise<boolean> {
  using rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  return (await rys.get(`/v1/log/proof/${idOf(receipt)}`)).status === 200
}

test('the gateway serves reading only until two operators start a successor with new keys', async () => {
  const kept = await submit()
  await until(() => isProved(kept))
  const backup = await checkpoint()
  const lost = await submit()
  await until(() => isProved(lost))
  const published = await checkpoint()
  const proofOfLost = (await bundleOf(lost)).receipts[0]?.proof

  // As a restore leaves it: what came after the backup is not there.
  await gateway.process.stop()
  await query(`delete from leaf where index >= ${backup.size}`)
  await query(`delete from checkpoint where size > ${backup.size}`)
  await query(`update log set size = ${backup.size}`)
  await gateway.restart()
  expect(gateway.process.stderr()).toContain('the record is older than what was published of its log')

  const refused = { title: expect.any(String) as string, code: 'unavailable' }
  {
    using rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
    expect(expectProblem(await rys.post('/v1/messages', 'x.y.z'), 'unavailable')).toMatchObject(refused)
    expect((await rys.get('/v1/receipts')).status).toBe(200)
    expect((await rys.get('/v1/agencies')).status).toBe(200)
    expect((await rys.get('/v1/log/checkpoint')).body.toString()).toContain(`${backup.origin}\n${backup.size}\n`)
  }
  const metrics = async () => (await askOperations(gateway, '/metrics')).text
  await until(async () => (await metrics()).includes('passerelle_alarms{code="log-rolled-back"} 1'))
  const succeed = (operator: 'duty' | 'manager') =>
    askOperations(gateway, '/api/log/succeed', {
      operator,
      body: { reason: 'the disk broke', code: 'record-restored' },
    })
  expect(await succeed('manager')).toMatchObject({ status: 409, json: { code: 'log-in-force' } })

  await gateway.process.stop()
  await rename(join(gateway.data, 'log.key'), join(gateway.data, 'log.key.old'))
  await gateway.restart()
  expect(await succeed('duty')).toMatchObject({ status: 202, json: { pending: true } })
  expect(await succeed('duty')).toMatchObject({ status: 202 })
  expect((await askOperations(gateway, '/api/pending', { operator: 'duty' })).json).toMatchObject({
    pending: [{ act: 'succeed', operator: 'duty', reason: 'the disk broke', code: 'record-restored' }],
  })
  const started = await succeed('manager')
  expect(started).toMatchObject({ status: 200, json: { state: 'open' } })

  await until(async () => {
    using rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
    return (await rys.get('/v1/log/checkpoint')).status === 200
  })
  await until(async () => !(await metrics()).includes('passerelle_alarms{code="log-rolled-back"}'))
  const after = await submit()
  await until(() => isProved(after))
  const { origin, past } = await checkpoint()
  expect(origin).not.toBe(backup.origin)
  expect(past).toMatchObject([{ origin: backup.origin, current: false }])

  const leaves = await query(
    `select convert_from(jws, 'UTF8') as jws from leaf where index >= ${backup.size} order by index`,
  )
  const said = leaves.map(
    ({ jws }) => JSON.parse(Buffer.from(String(jws).split('.')[1] ?? '', 'base64url').toString()) as object,
  )
  const predecessor = { origin: backup.origin, size: published.size, rootHash: published.root.toString('base64') }
  expect(said.slice(0, 2)).toMatchObject([
    { act: 'succeed', operator: 'duty', predecessor },
    { act: 'succeed', operator: 'manager', predecessor },
  ])
  // Everybody's entry is in the new log, too.
  expect(said.filter((one) => 'party' in one).length).toBeGreaterThan(5)
  using rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  expect((await rys.get(`/v1/log/proof/${idOf(kept)}`)).read()).toMatchObject({
    origin: backup.origin,
    treeSize: backup.size,
  })
  expect((await rys.get(`/v1/log/proof/${idOf(after)}`)).read()).toMatchObject({ origin })
  expect((await rys.get(`/v1/log/proof/${idOf(lost)}`)).status).toBe(404)
  expect((await askOperations(gateway, '/api/acts', { operator: 'duty' })).json).toMatchObject({
    acts: [
      { act: 'succeed', operator: 'manager' },
      { act: 'succeed', operator: 'duty' },
    ],
  })

  // Whoever brings a proof of the old log is told that it holds: of what the record has, and of what it has lost.
  for (const [leaf, proof] of [
    [kept, (await bundleOf(kept)).receipts[0]?.proof],
    [lost, proofOfLost],
  ]) {
    const page = await checkPasted(leaf, proof)
    expect(page).toContain('<h1 class="govuk-heading-l">The proof holds</h1>')
    expect(page).toContain(backup.origin)
  }
  expect(await checkPasted(after, proofOfLost)).toContain('The path does not lead from this leaf')

  // Who starts again goes on with it.
  await gateway.restart()
  expect((await checkpoint()).origin).toBe(origin)
}, 120_000)
