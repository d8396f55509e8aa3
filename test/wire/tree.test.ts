import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leafHash, treeRoot, verifyConsistency, verifyInclusion } from '../../gateway/protocol/merkle.ts'
import { openCheckpoint, parseVerifierKey, type VerifierKey } from '../../gateway/protocol/note-keys.ts'
import { nodesFromTiles } from '../../gateway/protocol/tiles.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRaw, openRawAs, type RawClient } from '../support/raw.ts'
import { readFeed } from '../support/load.ts'
import { signMessage } from '../../sdk/index.ts'

/** Protocol section 10, as a partner sees it, and whoever may follow the log from outside. */

type Proof = { origin: string; leafIndex: number; treeSize: number; rootHash: string; path: string[] }

let gateway: TestGateway
let rys: RawClient
let anybody: RawClient
let sender: TestAgency
let origin: string
let keys: readonly VerifierKey[]

beforeAll(async () => {
  gateway = await startGateway()
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  anybody = openRaw(gateway.operationsUrl, { ca: await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8') })
  sender = await openAgency(gateway, 'fr-rys')
  const { logs } = (await rys.get('/.well-known/passerelle')).read<{
    logs: { origin: string; verifierKeys: string[]; current: boolean }[]
  }>()
  expect(logs).toMatchObject([{ current: true }])
  origin = logs[0]?.origin ?? ''
  keys = (logs[0]?.verifierKeys ?? []).map(parseVerifierKey)
})
afterAll(async () => {
  for (const client of [rys, anybody]) client?.[Symbol.dispose]()
  await sender?.[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

async function checkpoint(client = rys, path = '/v1/log/checkpoint') {
  const answer = await client.get(path)
  expect(answer.status).toBe(200)
  expect(answer.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' })
  return openCheckpoint(answer.body, origin, keys)
}
const hashes = (path: readonly string[]): readonly Buffer[] => path.map((one) => Buffer.from(one, 'base64'))

async function submit(): Promise<{ readonly receipt: string; readonly id: string }> {
  const { receipt } = await sender.client.submit(
    await signMessage(makeEnvelope('referral', 'fr-rys', 'gb-ctac'), sender.signer, new Date()),
  )
  const { receiptId } = JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString()) as {
    receiptId: string
  }
  return { receipt, id: receiptId }
}

test('a receipt is in a checkpoint within ten seconds, which both keys of the well-known document verify', async () => {
  await until(async () => (await rys.get('/v1/log/checkpoint')).status === 200)
  const before = await checkpoint()
  const { receipt, id } = await submit()
  const start = performance.now()
  let answer = await rys.get(`/v1/log/proof/${id}`)
  if (answer.status !== 200)
    expect(expectProblem(answer, 'not-yet-published') && answer.headers['retry-after']).toBe('2')
  await until(async () => (answer = await rys.get(`/v1/log/proof/${id}`)).status === 200, 10_000)
  expect(performance.now() - start).toBeLessThan(10_000)
  const proof = answer.read<Proof>()
  const after = await checkpoint()
  expect(after.size).toBeGreaterThanOrEqual(proof.treeSize)
  const fixed = (await rys.get(`/v1/log/proof/${id}?size=${after.size}`)).read<Proof>()
  expect(fixed).toMatchObject({ origin, treeSize: after.size, rootHash: after.root.toString('base64') })
  const { leafIndex: index, path } = fixed
  const leaf = leafHash(Buffer.from(receipt))
  expect(verifyInclusion({ leaf, index, size: after.size, path: hashes(path), root: after.root })).toBe(true)
  const found = (await rys.get(`/v1/log/consistency?from=${before.size}&to=${after.size}`)).read<{ path: string[] }>()
  expect(
    verifyConsistency({
      first: before.size,
      size: after.size,
      path: hashes(found.path),
      firstRoot: before.root,
      root: after.root,
    }),
  ).toBe(true)
  expect((await readFeed(sender)).events.size).toBeGreaterThan(0)
})

test('registry entries and operators’ acts are proved by their ids as well', async () => {
  const { acts } = await act()
  for (const id of acts) {
    await until(async () => (await rys.get(`/v1/log/proof/${id}`)).status === 200, 10_000)
    expect((await rys.get(`/v1/log/proof/${id}`)).read<Proof>().origin).toBe(origin)
  }
})

async function act(): Promise<{ readonly acts: readonly string[] }> {
  using manager = await openRawAs(gateway, 'operators/manager/tls', { url: gateway.operationsUrl })
  const body = JSON.stringify({ note: 'nothing happened' })
  const posted = await manager.post('/api/handover', body, { 'content-type': 'application/json' })
  expect(posted.status).toBe(201)
  const { acts } = (await manager.get('/api/acts')).read<{ acts: { actId: string }[] }>()
  return { acts: acts.map(({ actId }) => actId) }
}

test('without a certificate an off-the-shelf monitor follows checkpoint and tiles on the operations listener, and no entries', async () => {
  const { size, root } = await checkpoint(anybody, '/log/checkpoint')
  const path = `tile/0/000${size < 256 ? `.p/${size}` : ''}`
  for (const [client, prefix] of [
    [anybody, '/log'],
    [rys, '/v1/log'],
  ] as const) {
    const tile = await client.get(`${prefix}/${path}`)
    expect(tile.status).toBe(200)
    expect(tile.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    })
    expect(tile.body.length).toBe(Math.min(size, 256) * 32)
    const leaves = Array.from({ length: size }, (_, at) => tile.body.subarray(at * 32, at * 32 + 32))
    expect(
      await treeRoot(
        size,
        nodesFromTiles(async (tiles) => tiles.map(({ width }) => Buffer.concat(leaves.slice(0, width)))),
      ),
    ).toEqual(root)
    for (const none of [
      'tile/entries/000',
      'tile/0/000.p/0',
      'tile/0/999',
      'tile/0/0',
      'tile/0/000.p/255',
      'tile/9/000.p/1',
      `tile/${'x001/'.repeat(20)}001`,
      'tile/0/x009/x007/x199/x254/x740/991',
      'tile/0/x999/x999/x999/x999/x999/999',
      'tile/0/0000.p/1',
      'tile/0/x000/000.p/1',
      'tile/0//000.p/1',
      'tile/0/000.p/1%00',
      'tile/..%2f..%2fcheckpoint',
      'tile/63/000.p/1',
      'tile/',
    ])
      expectProblem(await client.get(`${prefix}/${none}`), 'not-found')
  }
  expect((await anybody.get('/log/proof/x')).status).toBe(404)
  expect((await anybody.call('POST', '/log/checkpoint')).status).toBe(405)
})

/** What no number of this protocol is, or only almost: around 2^53 and 2^63, too. */
const BEYOND = ['9007199254740992', '9007199254740993', '9223372036854775808', '18446744073709551616']
BEYOND.push('1e309', '-0', '0x10', '٣', '1.5', '+1', ' 1', '9'.repeat(60))

test('what is not in the published tree is refused', async () => {
  const { id } = await submit()
  await until(async () => (await rys.get(`/v1/log/proof/${id}`)).status === 200, 10_000)
  const { size } = await checkpoint()
  expectProblem(await rys.get(`/v1/log/proof/${crypto.randomUUID()}`), 'not-found')
  expectProblem(await rys.get('/v1/log/proof/1'), 'not-found')
  for (const query of [`size=${size + 1_000}`, 'size=0', 'size=-1', 'size=1e1', 'size=', 'size=2&size=3', 'sise=1'])
    expectProblem(await rys.get(`/v1/log/proof/${id}?${query}`), 'invalid-request')
  for (const number of BEYOND) {
    const n = encodeURIComponent(number)
    expectProblem(await rys.get(`/v1/log/proof/${id}?size=${n}`), 'invalid-request')
    expectProblem(await rys.get(`/v1/log/consistency?from=0&to=${n}`), 'invalid-request')
    expectProblem(await rys.get(`/v1/log/entries?from=${n}`), 'invalid-request')
    for (const tile of [`${n}/000.p/1`, `0/${n}.p/1`, `0/000.p/${n}`])
      expectProblem(await rys.get(`/v1/log/tile/${tile}`), 'not-found')
  }
  for (const query of ['', 'from=1', 'from=2&to=1', `from=1&to=${size + 1_000}`, 'from=a&to=b', 'from=1&to=2&more=3'])
    expectProblem(await rys.get(`/v1/log/consistency?${query}`), 'invalid-request')
  expect((await rys.get('/v1/log/consistency?from=0&to=1')).read()).toEqual({ path: [] })
})
