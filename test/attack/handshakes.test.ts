import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issue, makeRoot } from '../../certs-dev/pki.ts'
import { openShaken } from '../support/crowd.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { openRawAs } from '../support/raw.ts'

/** Whoever has no right to be here makes the gateway shake hands: as often as its address may, and no more. */

const RATE = 5
/** What an address saves up is two seconds’ worth. */
const BURST = 2 * RATE

let gateway: TestGateway
let ca: string

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_HANDSHAKE_RATE: String(RATE) })
  ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
})

afterAll(() => gateway[Symbol.asyncDispose]())

async function refusedHandshakes(): Promise<number> {
  using anybody = await openRawAs(gateway, 'operators/duty/tls', { url: gateway.operationsUrl })
  const text = (await anybody.get('/metrics')).body.toString()
  return Number(/^passerelle_problems_total\{code="tls-handshake"\} (\d+)/m.exec(text)?.[1] ?? 0)
}

async function expectPrompt(): Promise<void> {
  using rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  const start = performance.now()
  expect((await rys.get('/v1/inbox')).status).toBe(200)
  expect(performance.now() - start).toBeLessThan(1_500)
}

test('400 at once from one address: it has its turns, and an agency elsewhere does not wait', async () => {
  const start = performance.now()
  let shaken = 0
  using crowd = await openShaken({ url: gateway.url, count: 400, from: '127.0.0.9' }, { ca })
  for (const socket of crowd.sockets) socket.once('secureConnect', () => (shaken += 1))
  await expectPrompt()
  await until(() => performance.now() - start > 3_000)
  const seconds = (performance.now() - start) / 1_000
  expect(shaken).toBeLessThanOrEqual(BURST + RATE * seconds + 1)
  expect(shaken).toBeGreaterThanOrEqual(BURST)
})

test('those that wait too long end like any that has not finished in time', async () => {
  using crowd = await openShaken({ url: gateway.url, count: 200, from: '127.0.0.10' }, { ca })
  await until(() => crowd.open() === 0, 13_000)
})

test('a handshake with twenty certificates of strangers counts as many', async () => {
  const validity = { notBefore: new Date(Date.now() - 1_000), notAfter: new Date(Date.now() + 3_600_000) }
  const root = await makeRoot('CN=a stranger', validity)
  const leaf = await issue(root, { subject: 'CN=leaf', validity, use: 'tls' })
  const more = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      issue(root, { subject: `CN=${at} ${'x'.repeat(3_000)}`, validity, use: 'tls' }),
    ),
  )
  const cert = leaf.crt + more.map(({ pem }) => pem).join('')
  const from = '127.0.0.11'
  const before = await refusedHandshakes()
  {
    using heavy = await openShaken({ url: gateway.url, count: 2, from }, { ca, cert, key: leaf.key })
    await until(() => heavy.open() === 0)
  }
  expect(await refusedHandshakes()).toBeGreaterThanOrEqual(before + 2)
  // Two of at least eight each: of its ten turns the address has none left for a while.
  using light = await openShaken({ url: gateway.url, count: 1, from }, { ca })
  const start = performance.now()
  await until(() => light.open() === 0)
  expect(performance.now() - start).toBeGreaterThan(500)
  await expectPrompt()
})
