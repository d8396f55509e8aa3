import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parseCertificates } from '../../gateway/identity/certificate.ts'
import { readTimeStamp, timeStampRequest, TimeStampFault } from '../../gateway/identity/time-stamp.ts'
import { openProofTexts } from '../../gateway/log/proof-texts.ts'
import { isStampLate, openTimeStamping } from '../../gateway/log/time-stamping.ts'
import type { Tree } from '../../gateway/log/tree.ts'
import { transaction } from '../../gateway/record/database.ts'
import { closeLog, logInForce, succeedLog } from '../../gateway/record/logs.ts'
import { createDatabase } from '../support/database.ts'
import { falseStamps } from '../support/false-stamps.ts'
import { temporaryFolder } from '../support/folder.ts'
import { until } from '../support/gateway.ts'
import { type GrowingLog, makeLogKeys, openGrowingLog } from '../support/growing-log.ts'
import { quiet } from '../support/quiet.ts'
import { startTimeAuthority, type TimeAuthority } from '../support/time-authority.ts'

/** Time stamps on checkpoints (RFC 3161), by OpenSSL's own authority with real keys (protocol section 10). */

const run = promisify(execFile)
const opened = new AsyncDisposableStack()
let folder: string
let growing: GrowingLog
let tree: Tree
let authority: TimeAuthority

beforeAll(async () => {
  folder = opened.use(await temporaryFolder()).path
  const database = opened.use(await createDatabase())
  growing = opened.use(await openGrowingLog(database.url, folder))
  await growing.append(7)
  tree = await growing.openTree()
  tree.follow()
  await until(() => tree.latest()?.size === 7)
  authority = opened.use(await startTimeAuthority(join(folder, 'tsa')))
})
afterAll(() => opened.disposeAsync())
beforeEach(async () => {
  authority.answer(undefined)
  await growing.database.query('truncate time_stamp')
  await growing.database.query('update time_stamping set tried_at = null, failures = 0')
})

type Told = { readonly reason: string; readonly failures: number }

type Asking = { readonly now?: () => Date; readonly of?: Tree; readonly boundMs?: number }

/** One process that asks. Its interval is a second where it is not said. */
async function openAsking(intervalMs = 1_000, { now = () => new Date(), of = tree, boundMs = 10_000 }: Asking = {}) {
  const told: Told[] = []
  const log = { ...quiet, warn: (fields: Told) => void told.push(fields) } as unknown as typeof quiet
  const config = { tsaUrl: authority.url, tsaAnchorsFile: authority.anchors, tsaIntervalMs: intervalMs }
  const { database } = growing
  const asking = await openTimeStamping({ config, database, tree: of, log, now, lookMs: 20, boundMs })
  return { told, config, [Symbol.asyncDispose]: () => asking[Symbol.asyncDispose]() }
}

/** A tree, and how often somebody has looked at it: a look begins when the one before has ended. */
function counting(of: Tree) {
  let looks = 0
  const latest: Tree['latest'] = () => {
    looks += 1
    return of.latest()
  }
  const looked = (more: number) => {
    const enough = looks + more
    return until(() => looks >= enough)
  }
  return { tree: { latest, state: of.state } as Tree, looked }
}

const stamps = async () =>
  (
    await growing.database.query<{ size: number; at: Date; note: string; token: Buffer }>(
      'select * from time_stamp order by size',
    )
  ).rows

test('the newest checkpoint is stamped, OpenSSL verifies the token, and receipts are proven in it', async () => {
  await using asking = await openAsking()
  await until(async () => (await stamps()).length === 1)
  const [stamp] = await stamps()
  expect(stamp).toMatchObject({ size: 7, note: tree.latest()?.note })
  await writeFile(join(folder, 'checkpoint.txt'), stamp?.note ?? '')
  await writeFile(join(folder, 'checkpoint.tst'), stamp?.token ?? '')
  const args = ['-data', 'checkpoint.txt', '-in', 'checkpoint.tst', '-token_in', '-CAfile', authority.anchors]
  const { stdout } = await run('openssl', ['ts', '-verify', ...args], { cwd: folder })
  expect(stdout).toContain('Verification: OK')
  expect(asking.told).toEqual([])
  const proofs = openProofTexts(growing.database, () => 7)
  const [covered, ...more] = await proofs.stamped([2, 9, 5])
  expect(more).toEqual([])
  expect(covered?.proofs.map(({ place }) => place)).toEqual([0, 2])
  expect(covered?.token.equals(stamp?.token ?? Buffer.alloc(0))).toBe(true)
})

test('what is stamped already is not stamped again, and a later checkpoint no sooner than the interval', async () => {
  let now = new Date()
  const before = authority.queries.length
  const [watched, watchedToo] = [counting(tree), counting(tree)]
  await using one = await openAsking(60_000, { now: () => now, of: watched.tree })
  await using other = await openAsking(60_000, { now: () => now, of: watchedToo.tree })
  await until(async () => (await stamps()).length === 1)
  await growing.append(3)
  await until(() => tree.latest()?.size === 10)
  await Promise.all([watched, watchedToo].map((each) => each.looked(4)))
  expect(authority.queries.length - before).toBe(1)
  now = new Date(now.getTime() + 60_000)
  await until(async () => (await stamps()).length === 2)
  expect((await stamps()).map(({ size }) => size)).toEqual([7, 10])
  expect([one.told, other.told]).toEqual([[], []])
  const proofs = openProofTexts(growing.database, () => 10)
  const covered = await proofs.stamped([8, 6])
  expect(covered.map(({ size, proofs: [proof] }) => [size, proof?.place])).toEqual([
    [10, 0],
    [7, 1],
  ])
})

test.each(falseStamps)('an answer %s is no time stamp: %s', async (_, reason, answering) => {
  authority.answer((query) => answering(query, authority))
  await using asking = await openAsking(60_000, reason === 'timeout' ? { boundMs: 200 } : {})
  await until(() => asking.told.length > 0)
  expect(asking.told).toEqual([{ reason, failures: 1 }])
  expect(await stamps()).toEqual([])
})

test('an authority whose clock is off by more than five minutes is not believed', async () => {
  await using asking = await openAsking(60_000, { now: () => new Date(Date.now() + 6 * 60_000) })
  await until(() => asking.told.length > 0)
  expect(asking.told).toEqual([{ reason: 'clock-off', failures: 1 }])
})

test('tries that fail come less and less often, an hour apart at most, and the first that does not makes up for all', async () => {
  let now = new Date()
  const later = (minutes: number) => void (now = new Date(now.getTime() + minutes * 60_000))
  authority.answer(async () => ({ status: 503, body: Buffer.alloc(0) }))
  await using asking = await openAsking(7 * 86_400_000, { now: () => now })
  for (const [at, minutes] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
    await until(() => asking.told.length === at + 1)
    later(minutes)
  }
  authority.answer(async (query) => ({ body: await authority.reply(query) }))
  await until(() => asking.told.length === 9)
  expect(asking.told.map(({ failures }) => failures)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  // By then the record's time is hours ahead of the authority's.
  expect(asking.told.at(-1)?.reason).toBe('clock-off')
  now = new Date()
  await growing.database.query('update time_stamping set tried_at = null')
  await until(async () => (await stamps()).length === 1)
  const { rows } = await growing.database.query('select failures from time_stamping')
  expect(rows).toEqual([{ failures: 0 }])
})

test('it is late when a checkpoint has waited for the interval and an hour', async () => {
  const config = { tsaUrl: authority.url, tsaAnchorsFile: authority.anchors, tsaIntervalMs: 60_000 }
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000)
  const look = (minutes: number) => isStampLate({ database: growing.database, tree, config }, at(minutes))
  expect([await look(0), await look(60), await look(62)]).toEqual([false, false, true])
  expect(
    await isStampLate({ database: growing.database, tree, config: { ...config, tsaUrl: undefined } }, at(62)),
  ).toBe(false)
  await using asking = await openAsking()
  await until(async () => (await stamps()).length === 1)
  expect([asking.told, await look(62)]).toEqual([[], false])
})

test('whatever octet of an answer is changed, it is refused with a word or says the same', async () => {
  const asked = { imprint: createHash('sha256').update('x').digest(), nonce: randomBytes(16) }
  const reply = await authority.reply(timeStampRequest(asked))
  const judgedBy = { anchors: parseCertificates(await readFile(authority.anchors, 'utf8')), now: new Date() }
  const { at } = readTimeStamp(reply, asked, judgedBy)
  let taken = 0
  for (let place = 0; place < reply.length; place += 3) {
    const change = fc.sample(fc.integer({ min: 1, max: 255 }), { numRuns: 1, seed: place })[0] ?? 1
    const changed = Buffer.from(reply)
    changed[place] = (changed[place] ?? 0) ^ change
    try {
      expect(readTimeStamp(changed, asked, judgedBy).at).toEqual(at)
      taken += 1
    } catch (error) {
      expect(error).toBeInstanceOf(TimeStampFault)
    }
  }
  // What nobody signs: versions, the list of digests, and what may be another word for the same algorithm.
  expect(taken).toBeLessThan(reply.length / 30)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => readTimeStamp(Buffer.from(bytes), asked, judgedBy)).toThrow(TimeStampFault)
    }),
  )
})

test('a closed log is not stamped: what the record has of it may contradict what was published', async () => {
  const closed = { latest: tree.latest, state: () => ({ ...tree.state(), closed: true }) } as Tree
  const before = authority.queries.length
  const watched = counting(closed)
  await using asking = await openAsking(1_000, { of: watched.tree })
  await watched.looked(4)
  expect([asking.told, authority.queries.length - before, await stamps()]).toEqual([[], 0, []])
})

test('tokens as older authorities make them, that name their certificate by SHA-1, count as well', async () => {
  const cnf = join(folder, 'tsa', 'tsa.cnf')
  const text = await readFile(cnf, 'utf8')
  await writeFile(cnf, text.replace('ess_cert_id_alg = sha256', 'ess_cert_id_alg = sha1'))
  const asked = { imprint: createHash('sha256').update('x').digest(), nonce: randomBytes(16) }
  const reply = await authority.reply(timeStampRequest(asked))
  await writeFile(cnf, text)
  const anchors = parseCertificates(await readFile(authority.anchors, 'utf8'))
  const { at } = readTimeStamp(reply, asked, { anchors, now: new Date() })
  expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000)
})

test('without anchors, or with a file that holds none, the gateway does not start', async () => {
  const start = (tsaAnchorsFile: string | undefined) =>
    openTimeStamping({
      config: { tsaUrl: authority.url, tsaAnchorsFile, tsaIntervalMs: 1_000 },
      database: growing.database,
      tree,
      log: quiet,
      now: () => new Date(),
    })
  await expect(start(undefined)).rejects.toThrow(/^PASSERELLE_TSA_ANCHORS must name a file/)
  await expect(start(join(folder, 'none'))).rejects.toThrow(/^PASSERELLE_TSA_ANCHORS: /)
  await writeFile(join(folder, 'empty.pem'), '')
  await expect(start(join(folder, 'empty.pem'))).rejects.toThrow('holds no self-signed certificate')
})

test('the stamps of a log that was closed stay with its leaves, and its successor has its own', async () => {
  const { database, append } = growing
  const old = tree.latest()
  {
    await using asking = await openAsking()
    await until(async () => (await stamps()).length === 1)
    expect(asking.told).toEqual([])
  }
  const keys = makeLogKeys('test/next')
  await transaction(database, async (tx) => {
    const { base, size } = await logInForce(tx, true)
    await closeLog(tx, { size: base + size + 1, root: undefined }, new Date())
    await succeedLog(tx, { origin: keys.origin, verifierKeys: keys.signers.map(({ vkey }) => vkey) })
    return { result: undefined }
  })
  const next = await growing.openTree({ keys, folder: opened.use(await temporaryFolder()).path })
  next.follow()
  await append(2)
  await until(() => next.latest()?.size === 2)
  await using asking = await openAsking(1_000, { of: next, now: () => new Date(Date.now() + 1_000) })
  await until(async () => (await stamps()).length === 2)
  expect(asking.told).toEqual([])
  const base = old?.size ?? 0
  const covered = await openProofTexts(database, () => 2).stamped([1, base + 1])
  expect(covered.map(({ origin, size, proofs: [proof] }) => [origin, size, proof?.place])).toEqual([
    ['test/log', base, 0],
    ['test/next', 2, 1],
  ])
  expect(covered[1]?.proofs[0]?.text).toContain('index 1\n')
})
