import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { duplexPair } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firstFlight, openShaken, openSilent, outlast } from '../support/crowd.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
import { openRaw, openRawAs } from '../support/raw.ts'

/** Protocol section 2: the handshake 10 s, headers 15 s, a request 60 s; true to two seconds. */
const TRUE_TO_MS = 2_000
/** An agency is served within this among strangers, however many. */
const PROMPT_MS = 3_000

let gateway: TestGateway
let ca: string
let port: number

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_HANDSHAKE_RATE: '300' })
  ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  port = Number(new URL(gateway.url).port)
})

afterAll(() => gateway[Symbol.asyncDispose]())

/** A client of its own, whose first call needs a place, a handshake and an answer. */
async function expectPlace(path = 'agencies/fr-rys/tls'): Promise<void> {
  using client = await openRawAs(gateway, path)
  const start = performance.now()
  expect((await client.get('/v1/inbox')).status).toBe(200)
  expect(performance.now() - start).toBeLessThan(PROMPT_MS)
}

/** Of thousands that come at once the system drops some without a word to them, so the gateway is asked what it has open. */
async function openFiles(): Promise<number> {
  using anybody = openRaw(gateway.operationsUrl, { ca })
  return Number(/^process_open_fds (\d+)/m.exec((await anybody.get('/metrics')).body.toString())?.[1])
}

const shaken = async (path: string) => ({ ca, ...(await readPair(gateway.pki.folder, path)) })

describe('strangers shut nobody out', () => {
  test('4,000 that say nothing, from one address: all are gone when a handshake should be done', async () => {
    const before = await openFiles()
    using crowd = await openSilent({ url: gateway.url, count: 4_000 })
    expect(await openFiles()).toBeGreaterThan(before + 500)
    expect(crowd.sockets).toHaveLength(4_000)
    await expectPlace()
    await until(async () => (await openFiles()) < before + 50, 10_000 + TRUE_TO_MS + 4_000)
  })

  test('4,000 that say nothing, from eight addresses', async () => {
    const addresses = Array.from({ length: 8 }, (_, at) => `127.0.0.${at + 2}`)
    const crowds = await Promise.all(addresses.map((from) => openSilent({ url: gateway.url, count: 500, from })))
    await expectPlace()
    for (const crowd of crowds) crowd[Symbol.dispose]()
  })

  test('4,000 that begin a handshake and stop there, from four addresses and the agency’s own', async () => {
    const hello = await firstFlight()
    const before = await openFiles()
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']
    const crowds = await Promise.all(
      addresses.map((from) => openSilent({ url: gateway.url, count: 1_000, from }, hello)),
    )
    await expectPlace()
    await until(async () => (await openFiles()) < before + 50, 10_000 + TRUE_TO_MS + 4_000)
    for (const crowd of crowds) crowd[Symbol.dispose]()
  })

  test('600 with a good chain that no agency has pinned: an address keeps 128, and the last that came', async () => {
    using crowd = await openShaken({ url: gateway.url, count: 600 }, await shaken('rogue/unregistered'))
    await expectPlace()
    await until(() => crowd.open() === 128)
    await expectPlace('agencies/gb-ctac/tls')
  })

  test('300 of one agency’s certificate: 256 stay, and nobody else waits', async () => {
    using crowd = await openShaken({ url: gateway.url, count: 300 }, await shaken('agencies/fr-dep-62/tls'))
    await until(() => crowd.open() === 256)
    await expectPlace()
  })

  test('the operations listener keeps its places apart, and answers among 600 without a certificate', async () => {
    using crowd = await openShaken({ url: gateway.operationsUrl, count: 600 }, { ca })
    await until(() => crowd.open() <= 128)
    using operator = await openRawAs(gateway, 'operators/duty/tls', { url: gateway.operationsUrl })
    expect((await operator.get('/api/messages')).status).toBe(200)
    await expectPlace()
  })
})

describe('no connection is kept longer than it may be', () => {
  test('one on which no TLS can be is destroyed, whatever the other end does', async () => {
    for (const words of ['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x\r\n', Buffer.alloc(512, 0x16)]) {
      const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
      await once(socket, 'connect')
      socket.write(words)
      expect(await outlast(socket, 3_000)).toBeLessThan(TRUE_TO_MS)
    }
  })

  test('nor one whose client is refused in the handshake, or speaks an older TLS', async () => {
    const old = { maxVersion: 'TLSv1.2', ...(await shaken('agencies/fr-rys/tls')) } as const
    for (const tls of [{ ca }, old, await shaken('rogue/revoked')]) {
      const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
      await once(socket, 'connect')
      // Whatever the client makes of the refusal, its connection stays.
      const [near, far] = duplexPair()
      socket.pipe(far, { end: false }).pipe(socket, { end: false })
      connectTls({ ...tls, socket: near }).on('error', () => undefined)
      expect(await outlast(socket, 5_000)).toBeLessThan(TRUE_TO_MS + 1_000)
    }
  })

  test('one that says what is no HTTP is told so, and destroyed a second later', async () => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    const client = connectTls({ socket, ...(await shaken('agencies/fr-rys/tls')) })
    await once(client, 'secureConnect')
    client.write('GARBAGE\r\n\r\n')
    const [answer] = (await once(client, 'data')) as [Buffer]
    expect(String(answer)).toContain('400 Bad Request')
    expect(await outlast(client, 5_000)).toBeLessThan(TRUE_TO_MS)
  })

  test.concurrent.each([
    ['nothing at all', 15_000, ''],
    ['half of its headers', 15_000, 'GET /v1/inbox HTTP/1.1\r\nHost: localhost\r\n'],
    [
      'half of its body',
      60_000,
      'POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jose\r\nContent-Length: 9\r\n\r\neyJ',
    ],
  ])(
    'one that has said %s is ended after %d ms',
    async (_, bound, words) => {
      const client = connectTls({ host: '127.0.0.1', port, ...(await shaken('agencies/gb-ctac/tls')) })
      client.on('error', () => undefined)
      await once(client, 'secureConnect')
      const start = performance.now()
      client.write(words)
      client.resume()
      await once(client, 'close')
      expect(performance.now() - start).toBeGreaterThan(bound - TRUE_TO_MS)
      expect(performance.now() - start).toBeLessThan(bound + TRUE_TO_MS)
    },
    70_000,
  )

  test('a limit that was reached is counted, and said in the log once and not each time', async () => {
    using operator = await openRawAs(gateway, 'operators/duty/tls', { url: gateway.operationsUrl })
    const text = (await operator.get('/metrics')).body.toString()
    const counted = (limit: string) =>
      Number(new RegExp(`^passerelle_limits_total\\{limit="${limit}"\\} (\\d+)`, 'm').exec(text)?.[1])
    expect(counted('half-open')).toBeGreaterThan(1_000)
    expect(counted('strangers')).toBeGreaterThan(400)
    expect(counted('certificate')).toBe(300 - 256)
    const lines = gateway.process.stderr().split('limits were reached').length - 1
    expect(lines).toBeGreaterThan(0)
    expect(lines).toBeLessThan(6)
  })
})
