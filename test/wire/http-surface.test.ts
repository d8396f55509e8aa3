import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
import { expectProblem } from '../support/problem.ts'
import { openRaw, openRawAs, type RawClient } from '../support/raw.ts'

/** What HTTP does on both listeners, whoever speaks it, and however badly. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

let gateway: TestGateway
let ca: string
let rys: RawClient
/** Without a certificate, on the operations listener. */
let anybody: RawClient
let signer: Signer

beforeAll(async () => {
  gateway = await startGateway()
  ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  anybody = openRaw(gateway.operationsUrl, { ca })
  signer = await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing')
})

afterAll(async () => {
  rys[Symbol.dispose]()
  anybody[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

const makeMessage = () => forge({ payload: makeEnvelope('referral', 'fr-rys', 'gb-ctac'), signer })

/** Says exactly these bytes over a connection of its own and gives all that comes back until it closes. */
async function say(...parts: readonly (string | Buffer)[]) {
  const pair = await readPair(gateway.pki.folder, 'agencies/fr-rys/tls')
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(gateway.url).port), ca, ...pair })
  await once(socket, 'secureConnect')
  for (const part of parts) {
    socket.write(part)
    // A whole round trip elsewhere lies between one part and the next.
    await anybody.get('/health/live')
  }
  const answer = String(await buffer(socket))
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const [line = '', ...fields] = head.split('\r\n')
  const headers = new Headers(
    fields.map((field): [string, string] => {
      const at = field.indexOf(':')
      return [field.slice(0, at), field.slice(at + 1).trim()]
    }),
  )
  return { status: Number(line.split(' ')[1]), headers, body }
}

const request = (line: string, ...fields: readonly string[]) =>
  [`${line} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...fields, '', ''].join('\r\n')

describe('what is no HTTP, or not enough of it', () => {
  test.each<[name: string, bytes: string]>([
    ['garbage', 'GARBAGE\r\n\r\n'],
    ['a method that is none', request('REFER /v1/messages')],
    ['no path', 'GET HTTP/1.1\r\n\r\n'],
    ['HTTP/9.9', 'GET /v1/inbox HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['no Host', 'GET /v1/inbox HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two lengths', request('POST /v1/messages', 'Content-Length: 1', 'Content-Length: 2')],
    ['a length and chunks', request('POST /v1/messages', 'Content-Length: 5', 'Transfer-Encoding: chunked')],
    ['a length that is none', request('POST /v1/messages', 'Content-Length: many')],
    ['a coding that is none', request('POST /v1/messages', 'Transfer-Encoding: whole')],
    [
      'chunks that are none',
      `${request('POST /v1/messages', 'Content-Type: application/jose', 'Transfer-Encoding: chunked')}zz\r\n`,
    ],
    ['a header with a line feed in its name', request('GET /v1/inbox', 'X\n: 1')],
    ['headers of 20 KiB', request('GET /v1/inbox', `X-Long: ${'x'.repeat(20 * 1024)}`)],
    ['a path of 20 KiB', request(`GET /v1/inbox?after=${'x'.repeat(20 * 1024)}`)],
    ['a path with half an escape', request('GET /v1/messages/%')],
    ['a path with an escape that is no UTF-8', request('GET /v1/messages/%ff%fe')],
  ])('%s: 400, a problem, with a request id', async (_, bytes) => {
    const { status, headers, body } = await say(bytes)
    expect(status).toBe(400)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(headers.get('passerelle-environment')).toBe('development')
    const id = headers.get('passerelle-request-id')
    expect(id).toMatch(UUID)
    expect(JSON.parse(body)).toMatchObject({ code: 'invalid-request', instance: `urn:uuid:${id}` })
  })
})

test('an expectation that nobody meets is left unmet (RFC 9110, 10.1.1)', async () => {
  const { status, headers } = await say(request('GET /v1/inbox', 'Expect: miracles'))
  expect(status).toBe(200)
  expect(headers.get('passerelle-request-id')).toMatch(UUID)
})

test('HTTP/1.0 knows no Host', async () => {
  const { status, headers } = await say('GET /v1/inbox HTTP/1.0\r\n\r\n')
  expect(status).toBe(200)
  expect(headers.get('passerelle-request-id')).toMatch(UUID)
})

test('a path that means another is no other', async () => {
  for (const path of ['//v1/inbox', '/v1/../v1/inbox', '/v1/%69nbox%2f', '/v1/./inbox'])
    expect((await say(request(`GET ${path}`))).status).toBe(404)
  expect((await say(request('GET /v1/%69nbox'))).status).toBe(200)
})

describe('a body', () => {
  const post = (...fields: readonly string[]) =>
    request('POST /v1/messages', 'Content-Type: application/jose', ...fields)

  test('in chunks', async () => {
    const message = makeMessage()
    const chunks = [message.slice(0, 100), message.slice(100)].map(
      (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
    )
    expect((await say(post('Transfer-Encoding: chunked'), ...chunks, '0\r\n\r\n')).status).toBe(202)
  })

  test('that comes slowly', async () => {
    const message = makeMessage()
    const parts = [message.slice(0, 1), message.slice(1, 2000), message.slice(2000)]
    expect((await say(post(`Content-Length: ${message.length}`), ...parts)).status).toBe(202)
  })

  test('that waits to be asked for (RFC 9110, 10.1.1)', async () => {
    const message = makeMessage()
    const answer = await say(post(`Content-Length: ${message.length}`, 'Expect: 100-continue'), message)
    expect(answer.status).toBe(100)
    expect(answer.body).toContain('202 Accepted')
  })

  test('that breaks off is nobody’s fault here', async () => {
    const pair = await readPair(gateway.pki.folder, 'agencies/fr-rys/tls')
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(gateway.url).port), ca, ...pair })
    await once(socket, 'secureConnect')
    socket.write(post('Content-Length: 4000') + 'A'.repeat(100))
    await rys.get('/v1/inbox')
    socket.destroy()
    await once(socket, 'close')
    expect((await rys.get('/v1/inbox')).status).toBe(200)
    expect(gateway.process.stderr()).not.toContain('a request failed')
  })

  test('in chunks that are together too large: the sender gets to read it', async () => {
    const chunk = `10000\r\n${'A'.repeat(0x10000)}\r\n`
    const { status, body } = await say(post('Transfer-Encoding: chunked'), chunk.repeat(8), '0\r\n\r\n')
    expect(status).toBe(413)
    expect(JSON.parse(body)).toMatchObject({ code: 'message-too-large' })
  })

  test.each([
    'text/plain',
    'application/json',
    'application/jose+json',
    'application/x-www-form-urlencoded',
    'jose',
    '',
  ])('of %j is refused', async (type) => {
    expectProblem(await rys.post('/v1/messages', makeMessage(), { 'content-type': type }), 'unsupported-media-type')
  })

  test('of application/jose by another spelling, or with a parameter', async () => {
    for (const type of ['Application/JOSE', 'application/jose; charset=utf-8'])
      expect((await rys.post('/v1/messages', makeMessage(), { 'content-type': type })).status).toBe(202)
  })

  test('that is compressed is refused', async () => {
    const answer = await rys.post('/v1/messages', makeMessage(), { 'content-encoding': 'gzip' })
    expectProblem(answer, 'unsupported-media-type')
  })

  test('that is missing', async () => {
    expectProblem(await rys.post('/v1/messages', ''), 'malformed-message')
    expectProblem(await rys.call('POST', '/v1/messages'), 'unsupported-media-type')
  })
})

describe('addresses and methods', () => {
  test.each([
    '/',
    '/v1',
    '/v1/nothing',
    '/v1/messages/',
    '/V1/inbox',
    '/v1/inbox/',
    `/v1/messages/${'x'.repeat(400)}`,
    '/v1/messages/not-an-id',
    '/v1/inbox/nobody/x',
    '/api/messages',
    '/health/live',
    '/metrics',
  ])('GET %s on the agency listener: 404', async (path) => {
    expectProblem(await rys.get(path), 'not-found')
  })

  test('the console is for operators', async () => {
    expectProblem(await anybody.get('/'), 'operator-certificate-required')
  })

  test.each([
    '/nothing',
    '/v1/inbox',
    '/.well-known/passerelle',
    '/problems/nothing',
    '/problems/__proto__',
    '/schemas/9.9/referral.schema.json',
    '/schemas/1.0/..%2f..%2fpackage.json',
    '/schemas/1.0/SHA256SUMS2',
  ])('GET %s on the operations listener: 404', async (path) => {
    expectProblem(await anybody.get(path), 'not-found')
  })

  test.each([
    ['GET', '/v1/messages', 'POST'],
    ['PUT', '/v1/messages', 'POST'],
    ['DELETE', '/v1/inbox', 'GET, HEAD'],
    ['POST', '/v1/inbox', 'GET, HEAD'],
    ['OPTIONS', '/v1/inbox', 'GET, HEAD'],
    ['PATCH', `/v1/messages/${newId()}`, 'GET, HEAD'],
    ['GET', `/v1/inbox/fr-rys/${newId()}/acknowledgement`, 'POST'],
    ['POST', '/.well-known/passerelle', 'GET, HEAD'],
    ['TRACE', '/v1/inbox', 'GET, HEAD'],
    ['PROPFIND', '/v1/inbox', 'GET, HEAD'],
  ])('%s %s: 405, and Allow says what may be (RFC 9110, 15.5.6)', async (method, path, allow) => {
    const answer = await rys.call(method, path)
    expectProblem(answer, 'method-not-allowed')
    expect(answer.headers['allow']).toBe(allow)
  })

  test('with a body of any type they are answered alike', async () => {
    const call = { headers: { 'content-type': 'text/plain' }, body: 'x' }
    expectProblem(await rys.call('POST', '/v1/nothing', call), 'not-found')
    expectProblem(await rys.call('POST', '/v1/inbox', call), 'method-not-allowed')
    expectProblem(await anybody.call('POST', '/health/live', call), 'method-not-allowed')
  })

  test('HEAD is GET without the body', async () => {
    for (const path of ['/v1/inbox', '/v1/agencies', '/schemas']) {
      const head = await rys.call('HEAD', path)
      expect(head.status).toBe(200)
      expect(head.body.length).toBe(0)
      expect(head.headers['content-type']).toBe((await rys.get(path)).headers['content-type'])
    }
    expect((await rys.call('HEAD', '/v1/messages')).status).toBe(405)
  })

  test.each(['/v1/receipts?wait=31', '/v1/receipts?after=x', '/v1/receipts?limit=1', '/v1/inbox?limit=1e9'])(
    'GET %s: invalid-request',
    async (path) => {
      expectProblem(await rys.get(path), 'invalid-request')
    },
  )
})

test('every answer has an id of its own to quote, and no cache keeps what is an agency’s', async () => {
  const paths = [
    '/v1/inbox',
    '/v1/agencies',
    '/v1/nothing',
    '/schemas',
    '/problems/not-found',
    '/.well-known/passerelle',
  ]
  const answers = await Promise.all(paths.map((path) => rys.get(path)))
  const ids = answers.map(({ headers }) => String(headers['passerelle-request-id']))
  for (const id of ids) expect(id).toMatch(UUID)
  for (const { headers } of answers) expect(headers['passerelle-environment']).toBe('development')
  expect(new Set(ids).size).toBe(ids.length)
  const asked = await rys.get('/v1/inbox', { 'passerelle-request-id': 'mine', 'request-id': 'mine' })
  expect(asked.headers['passerelle-request-id']).not.toBe('mine')
  expect(asked.headers['cache-control']).toBe('no-store')
  expect(asked.headers['x-content-type-options']).toBe('nosniff')
})

test('of Accept-Language, French counts where it is preferred, and English in all other cases', async () => {
  const spoken = async (accept: string) =>
    (await rys.get('/v1/nothing', { 'accept-language': accept })).headers['content-language']
  for (const accept of ['fr', 'fr-FR', 'fr-CA,en;q=0.8', 'de, fr;q=0.5, en;q=0.4', 'FR'])
    expect(await spoken(accept)).toBe('fr')
  for (const accept of ['', 'en', 'en-GB,fr;q=0.9', 'de', '*', 'fr;q=0, en', 'x;;;q=,'])
    expect(await spoken(accept)).toBe('en')
})
