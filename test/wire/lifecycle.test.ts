import { access, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { listInbox, startLoad } from '../support/load.ts'
import { askOperations } from '../support/operations.ts'
import { freePort } from '../support/port.ts'
import { runProcess, startProcess } from '../support/process.ts'

const MAIN = join(import.meta.dirname, '../../gateway/main.ts')

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

async function open(env: Record<string, string> = {}): Promise<TestGateway> {
  return stack.use(await startGateway(env))
}

const agency = async (gateway: TestGateway, id: string): Promise<TestAgency> => stack.use(await openAgency(gateway, id))

test('the ready line is the only one on standard output, and both listeners take requests then', async () => {
  const [port, operations] = [await freePort(), await freePort()]
  const gateway = await open({ PASSERELLE_PORT: `${port}`, PASSERELLE_OPERATIONS_PORT: `${operations}` })
  const line = `passerelle ready: https://127.0.0.1:${port} operations https://127.0.0.1:${operations}`
  expect(gateway.process.stdout()).toBe(`${line}\n`)
  const rys = await agency(gateway, 'fr-rys')
  expect(await rys.client.wellKnown()).toMatchObject({ environment: 'development', protocolVersion: '1' })
  expect(await askOperations(gateway, '/health/ready')).toMatchObject({
    status: 200,
    json: { status: 'ready', reasons: [] },
  })
  expect(await askOperations(gateway, '/health/live')).toMatchObject({ status: 200 })
})

test('SIGTERM under load: what is under way is answered, long polls end at once, exit 0; nothing is lost', async () => {
  const port = `${await freePort()}`
  const gateway = await open({ PASSERELLE_PORT: port, PASSERELLE_RATE_LIMIT: '100000' })
  const [rys, ctac, kent] = [
    await agency(gateway, 'fr-rys'),
    await agency(gateway, 'gb-ctac'),
    await agency(gateway, 'gb-la-e10000016'),
  ]
  const ended: string[] = []
  const polls = [kent.client.inbox({ wait: 30 }), kent.client.receipts({ wait: 30 })].map((poll, at) =>
    poll.then(
      (page) => ended.push(JSON.stringify(page)),
      () => ended.push(`cut off ${at}`),
    ),
  )
  const load = startLoad({ senders: [rys], to: 'gb-ctac', type: 'referral', count: 300 })
  await load.reached(100)
  const stopped = await gateway.process.stop()
  expect(stopped).toBe(0)
  await Promise.race([Promise.all(polls), load.done])
  expect(ended.toSorted()).toEqual(['{"messages":[]}', '{"receipts":[],"next":""}'])
  await gateway.restart()
  await load.done
  await until(async () => (await listInbox(ctac)).length >= 300)
  expect(new Set((await listInbox(ctac)).map(({ messageId }) => messageId))).toEqual(new Set(load.accepted.keys()))
  expect(gateway.process.stderr()).not.toContain('"level":50')
}, 60_000)

test('a second SIGTERM changes nothing, and SIGINT is as good', async () => {
  const gateway = await open()
  gateway.process.signal('SIGTERM')
  expect(await gateway.process.stop()).toBe(0)
  await gateway.restart()
  gateway.process.signal('SIGINT')
  await until(async () => !(await isThere(gateway.process.pid)))
})

const isThere = (pid: number): Promise<boolean> =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (text) => !/\) Z /.test(text),
    () => false,
  )

test('SIGHUP: the registry is swapped in whole; an invalid one is refused with its reason logged, and the one in force stays', async () => {
  const gateway = await open()
  const rys = await agency(gateway, 'fr-rys')
  await gateway.changeRegistry(({ agencies }) => {
    for (const one of agencies) if (one.id === 'gb-ctac') one.name = { en: 'Renamed', fr: 'Renommé' }
  })
  const named = async () => (await rys.client.directory()).agencies.find(({ id }) => id === 'gb-ctac')?.name.en
  expect(await named()).toBe('Renamed')

  const file = join(gateway.pki.folder, 'agencies.json')
  const good = await readFile(file, 'utf8')
  await writeFile(file, good.replace('"Renamed"', '""'))
  gateway.process.signal('SIGHUP')
  await until(() => gateway.process.stderr().includes('registry refused; the one in force stays'))
  expect(gateway.process.stderr()).toContain('/agencies/')
  expect(await named()).toBe('Renamed')
  expect(await askOperations(gateway, '/health/ready')).toMatchObject({ status: 200 })
})

test('a suspended agency is no recipient and no caller; active again it is both', async () => {
  const gateway = await open()
  const [rys, ctac] = [await agency(gateway, 'fr-rys'), await agency(gateway, 'gb-ctac')]
  const setStatus = (status: string) =>
    gateway.changeRegistry(({ agencies }) => {
      for (const one of agencies) if (one.id === 'gb-ctac') one.status = status
    })
  await setStatus('suspended')
  await expect(rys.client.send(makeEnvelope('referral', 'fr-rys', 'gb-ctac'))).rejects.toMatchObject({
    code: 'unknown-recipient',
  })
  await expect(ctac.client.inbox()).rejects.toMatchObject({ code: 'unknown-agency' })
  await setStatus('active')
  await rys.client.send(makeEnvelope('referral', 'fr-rys', 'gb-ctac'))
  expect((await ctac.client.inbox({ wait: 20 })).messages).toHaveLength(1)
})

test('without any setting: a development PKI and a record are made under the current folder, with a warning, and kept', async () => {
  const folder = stack.use(await temporaryFolder())
  const ports = { PASSERELLE_PORT: '0', PASSERELLE_OPERATIONS_PORT: '0' }
  const first = await startProcess([MAIN], ports, { cwd: folder.path })
  stack.defer(() => first.kill())
  expect(first.ready).toMatch(/^passerelle ready: https:\/\/127\.0\.0\.1:\d+ operations https:\/\/127\.0\.0\.1:\d+$/)
  const said = first
    .stderr()
    .split('\n')
    .filter((line) => line.startsWith('passerelle: '))
  expect(said).toEqual([
    'passerelle: the certificates of certs-dev/out are for development only: never exchange real data with them',
  ])
  for (const name of ['data/data.key', 'data/log.key', 'certs-dev/out/gateway/tls.key'])
    expect((await stat(join(folder.path, name))).mode & 0o777, name).toBe(0o600)
  expect((await stat(join(folder.path, 'data'))).mode & 0o077).toBe(0)
  const registry = await readFile(join(folder.path, 'certs-dev/out/agencies.json'), 'utf8')
  expect(await first.stop()).toBe(0)

  const second = await startProcess([MAIN], ports, { cwd: folder.path })
  stack.defer(() => second.kill())
  expect(await readFile(join(folder.path, 'certs-dev/out/agencies.json'), 'utf8')).toBe(registry)
  expect(await second.stop()).toBe(0)
}, 60_000)

test('no PKI is made where any certificate setting is given', async () => {
  const folder = stack.use(await temporaryFolder())
  const { code } = await runProcess([MAIN], { PASSERELLE_TRUST: join(folder.path, 'trust') }, { cwd: folder.path })
  expect(code).toBe(78)
  await expect(access(join(folder.path, 'certs-dev'))).rejects.toThrow('ENOENT')
})
