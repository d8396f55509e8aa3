import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { revoke } from '../../certs-dev/tree.ts'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol section 1: a change of trust takes effect within this; one of the registry at once. */
const IN_FORCE_MS = 5_000
const AT_ONCE_MS = 1_000

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

type Poll = { readonly socket: TLSSocket; heard(): string; readonly closed: Promise<unknown> }

/** A connection on which a question is under way. */
async function poll(path: string, url: string, question: string): Promise<Poll> {
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(url).port),
    ca,
    ...(await readPair(gateway.pki.folder, path)),
  })
  let heard = ''
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString('latin1')))
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  socket.write(`GET /problems/not-found HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  await until(() => heard.includes('</html>'))
  heard = ''
  socket.write(`GET ${question} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  return { socket, heard: () => heard, closed: once(socket, 'close') }
}

async function send(to: string): Promise<void> {
  const signer = await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing')
  const payload = makeEnvelope('information-request', 'fr-rys', to)
  await rys.post('/v1/messages', forge({ payload, signer }))
}

async function within(ms: number, polls: readonly Poll[]): Promise<void> {
  const start = performance.now()
  await Promise.all(polls.map(({ closed }) => closed))
  expect(performance.now() - start).toBeLessThan(ms)
  for (const { heard } of polls) expect(heard()).toBe('')
}

const change = (id: string, to: { status?: string; certificates?: object[] }) =>
  gateway.changeRegistry(({ agencies }) => agencies.forEach((each) => each.id === id && Object.assign(each, to)))

test('an agency that is suspended: its long polls and idle connections end, and it hears nothing more on them', async () => {
  const polls = await Promise.all(
    ['/v1/inbox?wait=30', '/v1/receipts?wait=30&after=', '/v1/inbox?after=&wait=30'].map((question) =>
      poll('agencies/gb-ctac/tls', gateway.url, question),
    ),
  )
  const other = await poll('agencies/fr-dep-62/tls', gateway.url, '/v1/inbox?wait=30')
  await change('gb-ctac', { status: 'suspended' })
  await within(AT_ONCE_MS, polls)
  await send('gb-ctac')
  expect(other.socket.destroyed).toBe(false)
  other.socket.destroy()
  await change('gb-ctac', { status: 'active' })
})

test('an agency whose registry entry drops the certificate: the same', async () => {
  const one = await poll('agencies/fr-dep-59/tls', gateway.url, '/v1/inbox?wait=30')
  const pem = (await readPair(gateway.pki.folder, 'agencies/fr-dep-59/signing')).cert
  await change('fr-dep-59', { certificates: [{ use: 'signing', pem }] })
  await within(AT_ONCE_MS, [one])
})

test('a certificate that is revoked: the same, without its asking anything', async () => {
  const one = await poll('agencies/gb-la-e10000016/tls', gateway.url, '/v1/inbox?wait=30')
  const cert = await readFile(join(gateway.pki.folder, 'agencies/gb-la-e10000016/tls.crt'), 'utf8')
  await revoke(gateway.pki, [parseCertificate(cert).serial], new Date())
  await within(IN_FORCE_MS + AT_ONCE_MS, [one])
})

test('an operator who is taken out: the connection ends', async () => {
  const duty = await poll('operators/duty/tls', gateway.operationsUrl, '/problems/not-found')
  const manager = await poll('operators/manager/tls', gateway.operationsUrl, '/problems/not-found')
  await until(() => duty.heard() !== '' && manager.heard() !== '')
  await gateway.changeRegistry((registry) => {
    registry.operators = registry.operators.filter((each) => !('id' in each) || each.id !== 'duty')
  })
  await duty.closed
  expect(manager.socket.destroyed).toBe(false)
  manager.socket.destroy()
})

test('a stranger whom the registry takes in goes on over the same connection', async () => {
  using stranger = await openRawAs(gateway, 'rogue/unregistered', { sockets: 1 })
  const before = await stranger.get('/v1/inbox')
  expect(before.status).toBe(403)
  const { cert: pem } = await readPair(gateway.pki.folder, 'rogue/unregistered')
  await gateway.changeRegistry(({ agencies }) => {
    const calvados = agencies.find(({ id }) => id === 'fr-dep-14')
    const pins = Array.isArray(calvados?.['certificates']) ? calvados['certificates'] : []
    Object.assign(calvados ?? {}, {
      certificates: [...pins, { use: 'tls', pem: pem.split(/(?<=-----END CERTIFICATE-----\n)/)[0] }],
    })
  })
  const after = await stranger.get('/v1/inbox')
  expect(after.status).toBe(200)
  expect(after.socket).toBe(before.socket)
})
