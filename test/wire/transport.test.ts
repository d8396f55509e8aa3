import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issue, makeCrl, makeIntermediate, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { revoke } from '../../certs-dev/tree.ts'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import { signEnvelope } from '../../sdk/index.ts'
import { makeEnvelope } from '../support/agency.ts'
import { readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
import { expectProblem } from '../support/problem.ts'
import { openRaw, openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol section 1: a change of trust takes effect within this. */
const IN_FORCE_MS = 5_000
const DAY = 24 * 3_600_000

let gateway: TestGateway
let ca: string
let rys: RawClient

beforeAll(async () => {
  gateway = await startGateway()
  ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
})

afterAll(async () => {
  rys[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

/** One handshake as `fr-rys`, but for what the test asks. */
async function shake(options: ConnectionOptions, work: (socket: TLSSocket) => void = () => undefined) {
  const { port } = new URL(gateway.url)
  const pair = await readPair(gateway.pki.folder, 'agencies/fr-rys/tls')
  const socket = connect({ host: '127.0.0.1', port: Number(port), ca, ...pair, ...options })
  await once(socket, 'secureConnect')
  work(socket)
  // The server's verdict on the client comes after the client has finished: only an answer tells.
  socket.write('GET /.well-known/passerelle HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [answer] = await once(socket, 'data')
  return { socket, answer: String(answer) }
}

/** What must hold of TLS at the start, and still after anchors and CRLs have been renewed. */
function describeTls(when: string): void {
  describe(`TLS ${when}`, () => {
    test('1.2 is refused', async () => {
      await expect(shake({ maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/)
    })

    test.each(['X25519MLKEM768:X25519', 'X25519:X25519MLKEM768', 'P-256:X25519:X25519MLKEM768'])(
      'X25519MLKEM768 is negotiated with a client that offers %s',
      async (ecdhCurve) => {
        const { socket } = await shake({ ecdhCurve })
        expect(socket.getProtocol()).toBe('TLSv1.3')
        expect(socket.getEphemeralKeyInfo()).toMatchObject({ name: 'X25519MLKEM768' })
        socket.destroy()
      },
    )

    test('a client without it still comes in', async () => {
      const { socket } = await shake({ ecdhCurve: 'X25519' })
      expect(socket.getEphemeralKeyInfo()).toMatchObject({ name: 'X25519' })
      socket.destroy()
    })

    test('a session is not resumed', async () => {
      const sessions: Buffer[] = []
      const first = await shake({}, (socket) => socket.on('session', (session: Buffer) => sessions.push(session)))
      first.socket.destroy()
      const session = sessions.at(-1)
      const { socket, answer } = await shake(session === undefined ? {} : { session })
      expect(socket.isSessionReused()).toBe(false)
      expect(answer).toContain('200 OK')
      socket.destroy()
    })

    test.each(['rogue/expired', 'rogue/revoked', 'rogue/untrusted'])('%s fails the handshake', async (path) => {
      using client = await openRawAs(gateway, path)
      await expect(client.get('/.well-known/passerelle')).rejects.toThrow()
    })

    test('no certificate fails the handshake', async () => {
      using client = openRaw(gateway.url, { ca })
      await expect(client.get('/.well-known/passerelle')).rejects.toThrow()
      await expect(client.get('/problems/not-found')).rejects.toThrow()
    })

    test.each(['rogue/unregistered', 'operators/duty/tls', 'gateway/tls', 'agencies/fr-rys/signing'])(
      '%s has a good chain and is no agency: 403, whatever it asks',
      async (path) => {
        using client = await openRawAs(gateway, path)
        for (const asked of ['/v1/inbox', '/.well-known/passerelle', '/v1/nothing'])
          expectProblem(await client.get(asked), 'unknown-agency')
      },
    )
  })
}

describeTls('at the start')

test('where a certificate is revoked, its open connection gets no further request served, and nobody else loses one', async () => {
  const { pki } = gateway
  using kent = await openRawAs(gateway, 'agencies/gb-la-e10000016/tls', { sockets: 1 })
  using nord = await openRawAs(gateway, 'agencies/fr-dep-59/tls', { sockets: 1 })
  const [before] = await Promise.all([nord.get('/v1/inbox'), kent.get('/v1/inbox')])
  expect(before.status).toBe(200)

  const { socket, answer } = await shake(await readPair(pki.folder, 'agencies/gb-la-e10000016/tls'))
  expect(answer).toContain('200 OK')
  let served = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => (served = Buffer.concat([served, bytes])))
  // A connection that is reset under what is being written is closed, too.
  socket.on('error', () => undefined)
  const closed = Promise.withResolvers<void>()
  socket.once('close', closed.resolve)

  await revoke(pki, [await serialOf('agencies/gb-la-e10000016/tls')], new Date())
  await until(
    () =>
      kent.get('/v1/inbox').then(
        () => false,
        () => true,
      ),
    IN_FORCE_MS,
  )
  served = Buffer.alloc(0)
  socket.write('GET /problems/not-found HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await closed.promise
  expect(served.length).toBe(0)

  const after = await nord.get('/v1/inbox')
  expect(after.status).toBe(200)
  expect(after.socket).toBe(before.socket)
})

describeTls('after CRLs have been renewed')

test('a new anchor and intermediate count without a restart', async () => {
  const { pki } = gateway
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) }
  const root = await makeRoot('CN=another root', validity)
  const intermediate = await makeIntermediate(root, 'CN=another intermediate', validity)
  const leaf = await issue(intermediate, { subject: 'CN=stranger', validity, use: 'tls' })
  using stranger = openRaw(gateway.url, { ca, cert: leaf.crt, key: leaf.key })
  await expect(stranger.get('/v1/inbox')).rejects.toThrow()

  const list = { number: 1, thisUpdate: validity.notBefore, nextUpdate: validity.notAfter, revoked: [] }
  await writeFile(join(pki.folder, 'trust/another.crl'), await makeCrl(root, list))
  await writeFile(join(pki.folder, 'trust/another-intermediate.crl'), await makeCrl(intermediate, list))
  await writeFile(join(pki.folder, 'trust/another.crt'), toPem(root.certificate) + toPem(intermediate.certificate))
  const isKnown = () =>
    stranger.get('/v1/inbox').then(
      ({ status }) => status === 403,
      () => false,
    )
  await until(isKnown, IN_FORCE_MS)
  expectProblem(await stranger.get('/v1/inbox'), 'unknown-agency')
})

test('a certificate that ends within 30 days is warned of in every answer, refusals too', async () => {
  const { pki } = gateway
  expect((await rys.get('/v1/inbox')).headers).not.toHaveProperty('passerelle-certificate-expires')
  const notAfter = new Date(Date.now() + 29 * DAY)
  notAfter.setUTCMilliseconds(0)
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter }
  const tls = await issue(pki.intermediate, { subject: 'CN=fr-dep-14 short', validity, use: 'tls' })
  await gateway.changeRegistry(({ agencies }) => {
    const calvados = agencies.find(({ id }) => id === 'fr-dep-14')
    Object.assign(calvados ?? {}, { certificates: [...pinsOf(calvados), { use: 'tls', pem: tls.pem }] })
  })
  using soon = openRaw(gateway.url, { ca, cert: tls.crt, key: tls.key })
  using later = await openRawAs(gateway, 'agencies/fr-dep-14/tls')
  const warning = `tls ${notAfter.toISOString().replace('.000Z', 'Z')}`
  expect((await soon.get('/v1/inbox')).headers).toMatchObject({ 'passerelle-certificate-expires': warning })
  expect((await soon.get('/v1/nothing')).headers).toMatchObject({ 'passerelle-certificate-expires': warning })
  expect((await later.get('/v1/inbox')).headers).not.toHaveProperty('passerelle-certificate-expires')
})

test('a registry that is invalid is refused, and the one in force stays', async () => {
  const file = join(gateway.pki.folder, 'agencies.json')
  const good = await readFile(file, 'utf8')
  const refusals = () => gateway.process.stderr().split('registry refused').length
  for (const bad of ['{', '{"agencies":[],"operators":[],"more":1}', good.replace('"gb-ctac"', '"fr-rys"')]) {
    const before = refusals()
    await writeFile(file, bad)
    gateway.process.signal('SIGHUP')
    await until(() => refusals() > before)
    expect((await rys.get('/v1/inbox')).status).toBe(200)
  }
  await writeFile(file, good)
})

test('one certificate has at most 256 connections open, and nobody else waits for them', async () => {
  const sockets: TLSSocket[] = []
  const nord = await readPair(gateway.pki.folder, 'agencies/fr-dep-59/tls')
  while (sockets.length < 256) sockets.push((await shake(nord)).socket)
  using more = await openRawAs(gateway, 'agencies/fr-dep-59/tls')
  await expect(more.get('/v1/inbox')).rejects.toThrow()
  expect((await rys.get('/v1/inbox')).status).toBe(200)
  sockets.pop()?.destroy()
  await until(() =>
    more.get('/v1/inbox').then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
  for (const socket of sockets) socket.destroy()
})

test('a suspended agency gets 403, and comes back when it is active again, over the same connection', async () => {
  const setStatus = (status: string) =>
    gateway.changeRegistry(({ agencies }) => agencies.forEach((each) => each.id === 'fr-rys' && (each.status = status)))
  const message = await signEnvelope(
    makeEnvelope('referral', 'fr-rys', 'gb-ctac'),
    await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing'),
    new Date(),
  )
  await setStatus('suspended')
  expectProblem(await rys.get('/v1/inbox'), 'unknown-agency')
  const refused = expectProblem(await rys.post('/v1/messages', message), 'unknown-agency')
  expect(refused).not.toHaveProperty('receipt')
  await setStatus('active')
  expect((await rys.post('/v1/messages', message)).status).toBe(202)
})

const pinsOf = (agency: { [name: string]: unknown } | undefined): readonly object[] => {
  const pins = agency?.['certificates']
  return Array.isArray(pins) ? pins : []
}

async function serialOf(path: string): Promise<string> {
  return parseCertificate(await readFile(join(gateway.pki.folder, `${path}.crt`), 'utf8')).serial
}
