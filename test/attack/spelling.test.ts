import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { METHODS } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../sdk/sign.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
import { openRaw, openRawAs, type RawClient } from '../support/raw.ts'

/** One resource, asked for in many words: what it is does not depend on how it is spelt, or by which method it is asked. */

let gateway: TestGateway
let ca: string
let rys: RawClient
let anybody: RawClient

beforeAll(async () => {
  gateway = await startGateway()
  ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  anybody = openRaw(gateway.operationsUrl, { ca })
})

afterAll(async () => {
  rys[Symbol.dispose]()
  anybody[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

type Spoken = { readonly status: number; readonly allow: string | undefined; readonly code: string | undefined }

/** Says these lines as `fr-rys` over a connection of its own. */
async function say(line: string, ...fields: readonly string[]): Promise<Spoken> {
  const pair = await readPair(gateway.pki.folder, 'agencies/fr-rys/tls')
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(gateway.url).port), ca, ...pair })
  await once(socket, 'secureConnect')
  socket.write(`${[line, 'Connection: close', ...fields].join('\r\n')}\r\n\r\n`)
  const text = String(await buffer(socket))
  return {
    status: Number(text.split(' ')[1]),
    allow: /^allow: (.*)\r$/im.exec(text)?.[1],
    code: /"code":"([a-z-]+)"/.exec(text)?.[1],
  }
}

const others = METHODS.filter((method) => !['GET', 'HEAD', 'POST', 'CONNECT'].includes(method))

test.each(['POST', ...others])('%s of what can only be read: 405 on both listeners, with Allow', async (method) => {
  for (const [client, path] of [
    [rys, '/v1/inbox'],
    [anybody, '/health/live'],
  ] as const) {
    const answer = await client.call(method, path, { headers: { 'content-length': '0' } })
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD'])
  }
})

test('CONNECT: 405, for this is no proxy', async () => {
  const answer = await say('CONNECT elsewhere.example:443 HTTP/1.1', 'Host: elsewhere.example:443')
  expect(answer).toMatchObject({ status: 405, code: 'method-not-allowed', allow: 'GET, HEAD, POST, PUT' })
})

describe.each([
  ['/v1/inbox', 'GET, HEAD'],
  ['/v1/messages', 'POST'],
  [`/v1/messages/${newId()}/receipts`, 'GET, HEAD'],
  ['/.well-known/passerelle', 'GET, HEAD'],
])('%s', (path, allow) => {
  const escape = (text: string, which: (at: number) => boolean) =>
    text
      .split('')
      .map((letter, at) => (letter !== '/' && which(at) ? `%${letter.charCodeAt(0).toString(16)}` : letter))
      .join('')

  test.each([
    ['as it is', path],
    ['its letters escaped', escape(path, () => true)],
    ['one of them', escape(path, (at) => at === 4)],
    [
      'in capitals',
      escape(path, () => true)
        .toUpperCase()
        .replaceAll('%2E', '%2e'),
    ],
    ['with a query', `${path}?wait=30`],
    ['with an empty query', `${path}?`],
    ['with a host', `https://localhost${path}`],
    ['with a host, and escaped', `https://elsewhere.example:1${escape(path, (at) => at % 2 === 0)}?x`],
  ])('DELETE, spelt %s', async (_, target) => {
    expect(await say(`DELETE ${target} HTTP/1.1`, 'Host: localhost')).toMatchObject({ status: 405, allow })
  })

  test.each([
    ['with a slash behind', `${path}/`],
    ['with two before', `/${path}`],
    ['with its slashes escaped', path.replaceAll('/', '%2f')],
    ['escaped twice', path.replaceAll('a', '%2561')],
    ['with a parameter of the path', `${path};x=1`],
  ])('DELETE, spelt %s, is another', async (_, target) => {
    const found = await say(`DELETE ${target} HTTP/1.1`, 'Host: localhost')
    const read = await say(`GET ${target} HTTP/1.1`, 'Host: localhost')
    expect([found.allow === undefined, found.status === 405]).toEqual([
      found.status !== 405,
      read.status !== 404 && read.status !== 400,
    ])
  })
})

test('whatever it is spelt like, DELETE finds what GET finds', async () => {
  const letters = [
    '/',
    'v',
    '1',
    'i',
    'n',
    'b',
    'o',
    'x',
    '%69',
    '%2f',
    '%25',
    '%',
    '%zz',
    '%c3%a9',
    'é',
    ';',
    '?wait=0',
    '.',
    '..',
    '//',
  ]
  const target = fc.array(fc.constantFrom(...letters), { maxLength: 6 }).map((parts) => `/v1/${parts.join('')}`)
  const spelt = fc.oneof(target, fc.constantFrom('/v1/inbo%78', '/v%31/inbox', '/v1/inbox?wait=%30'))
  await fc.assert(
    fc.asyncProperty(spelt, async (path) => {
      const [read, deleted] = await Promise.all([rys.call('GET', encode(path)), rys.call('DELETE', encode(path))])
      const isThere = (status: number) => status !== 404 && status !== 400
      expect(isThere(deleted.status)).toBe(isThere(read.status))
      if (isThere(deleted.status)) expect(deleted.status).toBe(405)
    }),
    { numRuns: 150 },
  )
})

/** What Node’s client takes: no letter beyond ASCII. */
const encode = (path: string): string => path.replaceAll('é', '%E9')

test.each([
  ['two Hosts', ['Host: localhost', 'Host: elsewhere.example']],
  ['one Host twice', ['Host: localhost', 'HOST: localhost']],
  ['three, in capitals and small', ['host: a', 'Host: b', 'hOsT: c']],
  ['none', []],
])('%s: 400', async (_, hosts) => {
  for (const path of ['/v1/inbox', '/v1/nothing', '/problems/not-found'])
    expect(await say(`GET ${path} HTTP/1.1`, ...hosts)).toMatchObject({ status: 400, code: 'invalid-request' })
})

test('two Hosts of HTTP/1.0: 400; none is its right', async () => {
  expect((await say('GET /v1/inbox HTTP/1.0', 'Host: a', 'Host: a')).status).toBe(400)
  expect((await say('GET /v1/inbox HTTP/1.0')).status).toBe(200)
})
