import { once } from 'node:events'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { toPem } from '../../certs-dev/pki.ts'
import { answerWith } from '../support/endpoint.ts'
import { freePort } from '../support/port.ts'
import { at, message, openPushing, type Pushing } from '../support/pushing.ts'

let pushing: Pushing
beforeAll(async () => {
  pushing = await openPushing()
})
afterEach(() => pushing.reset())
afterAll(() => pushing.close())

describe('a push', () => {
  test('posts the bytes as signed over hybrid TLS 1.3, with section 7’s headers and a certificate', async () => {
    const endpoint = await pushing.start(answerWith(204), { rejectUnauthorized: true, ecdhCurve: 'X25519MLKEM768' })
    const bytes = Buffer.alloc(262_144, 'ab.')
    expect(await pushing.startPusher().push(at(endpoint.url, pushing.root), { ...message, bytes })).toEqual({
      kind: 'taken',
      status: 204,
    })
    const [seen] = endpoint.seen
    expect(seen).toMatchObject({ client: 'CN=gateway', protocol: 'TLSv1.3' })
    expect(seen?.body.equals(bytes)).toBe(true)
    expect(seen?.request.method).toBe('POST')
    expect(seen?.request.url).toBe('/inbound?desk=1')
    expect(seen?.request.httpVersion).toBe('1.1')
    expect(seen?.request.headers).toEqual({
      host: `127.0.0.1:${endpoint.port}`,
      connection: 'keep-alive',
      'accept-encoding': 'identity',
      'content-type': 'application/jose',
      'content-length': '262144',
      'passerelle-message-id': message.id,
      'passerelle-from': 'gb-ctac',
      'passerelle-attempt': '3',
    })
  })

  test('brings back the acknowledgement of a 2xx', async () => {
    const endpoint = await pushing.start(answerWith(200, { 'content-type': 'application/jose' }, 'eyJ.eyJ.c2ln'))
    const taken = { kind: 'taken', status: 200, acknowledgement: Buffer.from('eyJ.eyJ.c2ln') }
    expect(await pushing.startPusher().push(at(endpoint.url, pushing.root), message)).toEqual(taken)
  })

  test.each([
    ['100 Continue, unasked', 'HTTP/1.1 100 Continue\r\n\r\n'],
    [
      'several of several kinds',
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
    ],
    ['a kind that nobody knows', 'HTTP/1.1 177 Wait\r\n\r\n'],
  ])('takes interim answers before the last one: %s', async (_, interim) => {
    const endpoint = await pushing.start((request, response) => {
      request.socket.write(interim, () => response.writeHead(200).end('eyJ.eyJ.c2ln'))
    })
    const pusher = pushing.startPusher()
    const taken = { kind: 'taken', status: 200, acknowledgement: Buffer.from('eyJ.eyJ.c2ln') }
    expect(await pusher.push(at(endpoint.url, pushing.root), message)).toEqual(taken)
    expect(await pusher.push(at(endpoint.url, pushing.root), message)).toEqual(taken)
    expect(endpoint.opened()).toBe(1)
  })

  test('takes no end of interim answers as none', async () => {
    const endpoint = await pushing.start((request) => {
      const pour = () => {
        while (request.socket.writable && request.socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(500)));
      }
      request.socket.on('drain', pour)
      pour()
    })
    const outcome = await pushing.startPusher().push(at(endpoint.url, pushing.root), message)
    expect(outcome).toEqual({ kind: 'retry', detail: 'malformed-answer' })
  })

  test.each([
    ['gzip', gzipSync('eyJ.eyJ.c2ln')],
    ['X-GZIP', gzipSync('eyJ.eyJ.c2ln')],
    ['br', brotliCompressSync('eyJ.eyJ.c2ln')],
    ['deflate, gzip', gzipSync(deflateSync('eyJ.eyJ.c2ln'))],
  ])('understands an acknowledgement coded as %s', async (coding, coded) => {
    const endpoint = await pushing.start((_request, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(coded),
    )
    const taken = { kind: 'taken', status: 200, acknowledgement: Buffer.from('eyJ.eyJ.c2ln') }
    expect(await pushing.startPusher().push(at(endpoint.url, pushing.root), message)).toEqual(taken)
  })

  test.each([
    ['a bomb is no acknowledgement', 'gzip', gzipSync(Buffer.alloc(50_000_000)), undefined],
    ['what is broken stays as it came', 'gzip', Buffer.from('eyJ.eyJ.c2ln'), Buffer.from('eyJ.eyJ.c2ln')],
    ['an unknown coding stays as it came', 'constructor', Buffer.from('abc'), Buffer.from('abc')],
  ])('of coded bodies, %s', async (_, coding, coded, acknowledgement) => {
    const endpoint = await pushing.start((_request, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(coded),
    )
    const outcome = await pushing.startPusher().push(at(endpoint.url, pushing.root), message)
    expect(outcome).toEqual({ kind: 'taken', status: 200, ...(acknowledgement && { acknowledgement }) })
  })

  test('reads no answer larger than an acknowledgement can be', async () => {
    const endpoint = await pushing.start((_request, response) => {
      response.writeHead(200)
      const pour = () => {
        while (response.writable && response.write(Buffer.alloc(16_384, 'a')));
      }
      response.on('drain', pour)
      pour() // without end
    })
    expect(await pushing.startPusher().push(at(endpoint.url, pushing.root), message)).toEqual({
      kind: 'taken',
      status: 200,
    })
  })

  test('is finished by an endless refusal as by a short one', async () => {
    const endpoint = await pushing.start((_request, response) => {
      response.writeHead(400)
      response.write(Buffer.alloc(200_000))
    })
    const outcome = await pushing.startPusher().push(at(endpoint.url, pushing.root), message)
    expect(outcome).toEqual({ kind: 'refused', detail: 'status', status: 400 })
  })

  test('follows no redirect', async () => {
    const endpoint = await pushing.start(answerWith(302, { location: '/elsewhere' }))
    const outcome = await pushing.startPusher().push(at(endpoint.url, pushing.root), message)
    expect(outcome).toEqual({ kind: 'refused', detail: 'status', status: 302 })
    expect(endpoint.seen).toHaveLength(1)
  })

  test('takes a 429 as it is meant', async () => {
    const endpoint = await pushing.start(answerWith(429, { 'retry-after': '90' }, 'not now'))
    const outcome = { kind: 'retry', detail: 'status', status: 429, retryAfterMs: 90_000 }
    expect(await pushing.startPusher().push(at(endpoint.url, pushing.root), message)).toEqual(outcome)
  })
})

describe('time', () => {
  const expectTimeout = async (url: string) => {
    const pusher = pushing.startPusher({ timeoutMs: 150 })
    const began = performance.now()
    expect(await pusher.push(at(url, pushing.root), message)).toEqual({ kind: 'retry', detail: 'timeout' })
    expect(performance.now() - began).toBeLessThan(2_000)
    await pusher.close()
  }

  test('of an endpoint that never answers is bounded, and the connection goes', async () => {
    const endpoint = await pushing.start(() => undefined)
    await expectTimeout(endpoint.url)
    await Promise.all([...endpoint.sockets].map((socket) => once(socket, 'close')))
    expect(endpoint.sockets.size).toBe(0)
  })

  test('of one that begins an answer and never ends it is bounded', async () => {
    const endpoint = await pushing.start((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('eyJ')
    })
    await expectTimeout(endpoint.url)
  })

  test('of one that takes the connection and no more is bounded', async () => {
    const sockets: Socket[] = []
    await expectTimeout(
      await pushing.startOther(createTcpServer((socket) => sockets.push(socket.on('error', () => undefined)))),
    )
    for (const socket of sockets) socket.destroy()
  })
})

describe('a fault of the network is tried again', () => {
  const fault = (detail: string) => ({ kind: 'retry', detail })

  test('nobody listens', async () => {
    expect(
      await pushing.startPusher().push(at(`https://127.0.0.1:${await freePort()}/`, pushing.root), message),
    ).toEqual(fault('connection-refused'))
  })

  test('nobody has that name', async () => {
    const outcome = await pushing.startPusher().push(at('https://endpoint.invalid/', pushing.root), message)
    expect(outcome).toEqual(fault('host-not-found'))
  })

  test('the connection is dropped', async () => {
    const endpoint = await pushing.start((request) => request.socket.destroy())
    expect(await pushing.startPusher().push(at(endpoint.url, pushing.root), message)).toEqual(fault('connection-lost'))
  })

  test('the answer is cut short', async () => {
    const endpoint = await pushing.start((request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('eyJ', () => request.socket.destroy())
    })
    expect(await pushing.startPusher().push(at(endpoint.url, pushing.root), message)).toEqual(fault('connection-lost'))
  })

  test('the answer is no HTTP', async () => {
    const leaf = await pushing.issueTls(pushing.intermediate)
    const server = createTlsServer({ key: leaf.key, cert: leaf.crt }, (socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end('220 mail.example.org\r\n\r\n'))
    })
    const outcome = await pushing.startPusher().push(at(await pushing.startOther(server), pushing.root), message)
    expect(outcome).toEqual(fault('malformed-answer'))
  })

  test('the endpoint wants another certificate than the gateway’s', async () => {
    const endpoint = await pushing.start(answerWith(204), {
      ca: toPem(pushing.stranger.certificate),
      rejectUnauthorized: true,
    })
    expect(await pushing.startPusher().push(at(endpoint.url, pushing.root), message)).toMatchObject({ kind: 'retry' })
    expect(endpoint.seen).toEqual([])
  })

  test('the registry’s entry cannot be used', async () => {
    const endpoint = await pushing.start(answerWith(204))
    const pusher = pushing.startPusher()
    expect(await pusher.push(at(endpoint.url, ''), message)).toEqual(fault('trust-anchors-unusable'))
    expect(
      await pusher.push(at(endpoint.url, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'), message),
    ).toEqual(fault('trust-anchors-unusable'))
    expect(await pusher.push(at(endpoint.url.replace('https', 'http'), pushing.root), message)).toEqual(
      fault('not-https'),
    )
    expect(await pusher.push(at('endpoint', pushing.root), message)).toEqual(fault('not-https'))
    expect(endpoint.opened()).toBe(0)
  })
})

describe('connections', () => {
  test('are kept alive', async () => {
    const endpoint = await pushing.start(answerWith(204))
    const pusher = pushing.startPusher()
    for (let attempt = 1; attempt <= 5; attempt++)
      await pusher.push(at(endpoint.url, pushing.root), { ...message, attempt })
    expect(endpoint.seen).toHaveLength(5)
    expect(endpoint.opened()).toBeLessThanOrEqual(2) // a second where the first has not quite finished
  })

  test('to one endpoint are few, however much is due', async () => {
    const endpoint = await pushing.start(answerWith(204))
    const pusher = pushing.startPusher()
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, () => pusher.push(at(endpoint.url, pushing.root), message)),
    )
    expect(outcomes.every(({ kind }) => kind === 'taken')).toBe(true)
    expect(endpoint.opened()).toBeLessThanOrEqual(16)
  })

  test('present a renewed certificate from then on', async () => {
    const endpoint = await pushing.start(answerWith(204))
    let own = pushing.gateway
    const pusher = pushing.startPusher({ tls: () => ({ cert: own.crt, key: own.key }) })
    await pusher.push(at(endpoint.url, pushing.root), message)
    own = await pushing.issueTls(pushing.intermediate, 'gateway renewed')
    await pusher.push(at(endpoint.url, pushing.root), message)
    expect(endpoint.seen.map(({ client }) => client)).toEqual(['CN=gateway', 'CN=gateway renewed'])
  })

  test('end when what is under way has ended, and then nothing is pushed', async () => {
    const arrived = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const endpoint = await pushing.start((_request, response) => {
      arrived.resolve()
      void release.promise.then(() => response.writeHead(204).end())
    })
    const pusher = pushing.startPusher()
    const pushed = pusher.push(at(endpoint.url, pushing.root), message)
    await arrived.promise
    const closed = pusher.close()
    release.resolve()
    await closed
    expect(await pushed).toEqual({ kind: 'taken', status: 204 })
    expect(await pusher.push(at(endpoint.url, pushing.root), message)).toEqual({ kind: 'retry', detail: 'closing' })
  })
})
