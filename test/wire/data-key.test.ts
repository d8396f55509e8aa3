import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import {
  errorsOf,
  figure,
  hangUp,
  missing,
  putFile,
  refusedBy,
  startRecipient,
  verifyFeed,
} from '../support/keys-under-load.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startLoad } from '../support/load.ts'
import { type Ended, runProcess, startProcess } from '../support/process.ts'

type Another = Awaited<ReturnType<TestGateway['startAnother']>>

const env = { PASSERELLE_RATE_LIMIT: '1000000' }
const stack = new AsyncDisposableStack()
let gateway: TestGateway
let second: Another
let senders: TestAgency[]
let ctac: TestAgency

beforeAll(async () => {
  gateway = stack.use(await startGateway(env))
  second = await gateway.startAnother()
  const open = async (id: string, url: string) => stack.use(await openAgency(gateway, id, url))
  senders = [await open('fr-rys', gateway.url), await open('fr-dep-62', second.url)]
  ctac = await open('gb-ctac', second.url)
})
afterAll(() => stack.disposeAsync())

const newLine = () => randomBytes(32).toString('base64')

const writeKeys = (...lines: readonly string[]): Promise<void> =>
  putFile(join(gateway.data, 'data.key'), lines.map((line) => `${line}\n`).join(''))

const REFUSED = 'data keys refused'
const renew = (process: Pick<Another, 'process'>, what = 'data keys in force') => hangUp(process, what)

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: gateway.databaseUrl })
  await client.connect()
  stack.defer(() => client.end())
  return client
}

const settings = () => ({ DATABASE_URL: gateway.databaseUrl, PASSERELLE_DATA: gateway.data })
const rotate = (): Promise<Ended> => runProcess(['gateway/commands/rotate.ts'], settings())

test('the data key changes under load in two processes, with the rotation killed in its middle: nothing is refused, nothing lost', async () => {
  const both = [gateway, { ...second, pki: gateway.pki }]
  const old = (await readFile(join(gateway.data, 'data.key'), 'utf8')).trim()
  const next = newLine()
  const recipient = startRecipient(ctac)
  const first = startLoad({ senders, to: 'gb-ctac', type: 'referral', count: 200 })
  await first.done
  const { next: cursor } = await verifyFeed(senders[0] as TestAgency)
  const stop = new AbortController()
  const load = startLoad({ senders, to: 'gb-ctac', type: 'referral', stop: stop.signal, inFlight: 1 })
  await load.reached(100)

  // The wrong order first: nobody knows the new line, then only one does.
  await writeKeys(next, old)
  expect(await rotate()).toMatchObject({
    code: 75,
    stderr: expect.stringContaining(`process ${second.process.pid}`) as string,
  })
  await renew(gateway)
  const told = await rotate()
  expect(told).toMatchObject({ code: 75, stderr: expect.stringContaining(`process ${second.process.pid}`) as string })
  expect(told.stderr).not.toContain(`process ${gateway.process.pid}`)
  await renew(second)

  // Killed while it writes: a row is held so that it stands still.
  const [record, holder] = [await connect(), await connect()]
  await holder.query('begin')
  await holder.query('select from case_key order by case_id limit 1 for no key update')
  const cut = await startProcess(['gateway/commands/rotate.ts'], settings(), { ready: /entries looked at/ })
  await until(async () => {
    const { rows } = await record.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like 'update case_key%'`,
    )
    return rows.length > 0
  })
  await cut.kill()
  await holder.query('rollback')
  const keysInUse = async () => (await record.query('select from data_key')).rowCount
  expect(await keysInUse()).toBe(2)

  // Too early: the file without the old line is taken by nobody, and what was in force stays.
  await writeKeys(next)
  await renew(gateway, `${REFUSED}; what was in force stays`)
  await until(async () => (await figure(gateway, 'passerelle_alarms', 'data-keys-refused')) === 1)
  const early = await runProcess(['gateway/main.ts'], { ...environment(), ...settings() })
  expect(early).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('passerelle: PASSERELLE_DATA_KEY: ') as string,
  })
  await writeKeys(next, old)
  await renew(gateway)
  await until(async () => (await figure(gateway, 'passerelle_alarms', 'data-keys-refused')) === 0)

  // Taken up again, it ends; then the old line goes.
  const done = await rotate()
  expect(done).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /entries sealed anew\. Nothing in the record needs any line of PASSERELLE_DATA_KEY but the first: take/,
    ) as string,
  })
  expect(await keysInUse()).toBe(1)
  await writeKeys(next)
  await renew(gateway)
  await renew(second)
  expect(await rotate()).toMatchObject({ code: 0 })
  await load.reached(load.accepted.size + 50)
  stop.abort()
  await load.done
  await until(() => recipient.handled.size === first.sent.size + load.sent.size, 60_000)
  expect(await refusedBy(both)).toBe(0)
  await recipient.stop()
  expect(await missing([first, load], recipient.handled, senders)).toEqual([])
  for (const process of both) expect(errorsOf(process, REFUSED)).toEqual([])

  // A cursor from before is good, also after a restart with the new line alone; and what was sealed at first is still read.
  await gateway.restart()
  const again = stack.use(await openAgency(gateway, 'fr-rys'))
  expect((await verifyFeed(again, cursor)).events.size).toBeGreaterThan(0)
  const reader = stack.use(await openAgency(gateway, 'gb-ctac'))
  const [messageId = '', bytes = ''] = [...first.sent][0] ?? []
  const { from } = JSON.parse(Buffer.from(bytes.split('.')[1] ?? '', 'base64url').toString()) as { from: string }
  expect(Buffer.from((await reader.client.read({ from, messageId })).bytes).toString()).toBe(bytes)
}, 180_000)

/** What a further gateway on the same record would be started with. */
function environment(): Record<string, string> {
  const file = (path: string) => join(gateway.pki.folder, path)
  return {
    ...env,
    PASSERELLE_PORT: '0',
    PASSERELLE_OPERATIONS_PORT: '0',
    PASSERELLE_AGENCIES: file('agencies.json'),
    PASSERELLE_TRUST: file('trust'),
    PASSERELLE_TLS_CERT: file('gateway/tls.crt'),
    PASSERELLE_TLS_KEY: file('gateway/tls.key'),
    PASSERELLE_SIGNING_CERT: file('gateway/signing.crt'),
    PASSERELLE_SIGNING_KEY: file('gateway/signing.key'),
  }
}

test('beside a gateway with its own PostgreSQL, and without any gateway', async () => {
  await using alone = await startGateway({ DATABASE_URL: '' })
  await using rys = await openAgency(alone, 'fr-rys')
  const { messageId, message } = await rys.client.send(makeEnvelope('referral', 'fr-rys', 'gb-ctac'))
  const file = join(alone.data, 'data.key')
  const run = () => runProcess(['gateway/commands/rotate.ts'], { PASSERELLE_DATA: alone.data })
  const old = (await readFile(file, 'utf8')).trim()
  const [second, third] = [newLine(), newLine()]
  await putFile(file, `${second}\n${old}\n`)
  await hangUp(alone, 'data keys in force')
  expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('2 entries sealed anew') as string })
  await putFile(file, `${second}\n`)
  await hangUp(alone, 'data keys in force')
  await alone.process.stop()
  await putFile(file, `${third}\n${second}\n`)
  expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('2 entries sealed anew') as string })
  await putFile(file, `${third}\n`)
  await alone.restart()
  await using ctac = await openAgency(alone, 'gb-ctac')
  expect(Buffer.from((await ctac.client.read({ from: 'fr-rys', messageId })).bytes).toString()).toBe(message)
  await putFile(file, `${second}\n`)
  expect(await run()).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('passerelle: PASSERELLE_DATA_KEY: ') as string,
  })
}, 120_000)

test('a record that cannot be reached, that is not there, and a file that is none: one line that names the setting', async () => {
  const run = (more: Record<string, string>) => runProcess(['gateway/commands/rotate.ts'], { ...settings(), ...more })
  await using folder = await temporaryFolder()
  const bad = join(folder.path, 'bad.key')
  const empty = new URL(gateway.databaseUrl)
  empty.pathname = '/postgres'
  await putFile(bad, 'no key\n')
  for (const [more, line] of [
    [{ DATABASE_URL: 'postgresql://127.0.0.1:1/none' }, /^passerelle: DATABASE_URL: .*ECONNREFUSED/],
    [
      { DATABASE_URL: '', PASSERELLE_DATA: folder.path, PASSERELLE_DATA_KEY: join(gateway.data, 'data.key') },
      /^passerelle: PASSERELLE_DATA: there is no record/,
    ],
    [{ PASSERELLE_DATA_KEY: bad }, /^passerelle: PASSERELLE_DATA_KEY: \S+bad\.key is not lines of 32 bytes in base64$/],
    [{ DATABASE_URL: empty.href }, /^passerelle: DATABASE_URL: the record is of another release/],
  ] as const) {
    const { code, stderr, stdout } = await run(more)
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    expect(stderr.trim()).toMatch(line)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  }
})
