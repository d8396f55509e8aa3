import { createHash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issue } from '../../certs-dev/pki.ts'
import { openCallerCheck } from '../../sdk/index.ts'
import { openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
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
import { readReceipt, startLoad } from '../support/load.ts'
import { changeAgency, pushTo, startPushEndpoint } from '../support/push-agency.ts'

type Process = Pick<TestGateway, 'url' | 'operationsUrl' | 'process' | 'pki'>

const stack = new AsyncDisposableStack()
let gateway: TestGateway
let both: readonly Process[]
let senders: TestAgency[]

beforeAll(async () => {
  gateway = stack.use(await startGateway({ PASSERELLE_RATE_LIMIT: '1000000' }))
  const second = { ...(await gateway.startAnother()), pki: gateway.pki }
  both = [gateway, second]
  senders = [await agency('fr-rys', gateway.url), await agency('fr-dep-62', second.url)]
})
afterAll(() => stack.disposeAsync())

const agency = async (id: string, url: string) => stack.use(await openAgency(gateway, id, url))
const own = (name: string): string => join(gateway.pki.folder, 'gateway', name)
const thumbprint = (pem: string): string =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')

/** A certificate of the gateway with its key, from the authority that issued those before. */
async function make(use: 'tls' | 'signing', name = use === 'tls' ? 'localhost' : 'passerelle-development') {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: gateway.pki.until }
  const subject = `C=GB, O=Passerelle development, CN=${name}`
  return await issue(gateway.pki.intermediate, { subject, validity, use, local: use === 'tls' })
}

async function put(use: 'tls' | 'signing', { crt, key }: { crt: string; key: string }): Promise<void> {
  await putFile(own(`${use}.key`), key)
  await putFile(own(`${use}.crt`), crt)
}

const read = async (use: 'tls' | 'signing') => ({
  crt: await readFile(own(`${use}.crt`), 'utf8'),
  key: await readFile(own(`${use}.key`), 'utf8'),
})

/** A connection that an agency or an operator holds open. */
async function dial(url: string, as: string): Promise<TLSSocket> {
  const { hostname, port } = new URL(url)
  const ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  const socket = connect({
    host: hostname,
    port: Number(port),
    ca,
    ...(await readPair(gateway.pki.folder, `${as}/tls`)),
  })
  stack.defer(() => void socket.destroy())
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return socket
}

const shownBy = (socket: TLSSocket): string => thumbprint(socket.getPeerX509Certificate()?.toString() ?? '')

/** Asks something on a connection that stands, and gives the first line of the answer. */
async function askOn(socket: TLSSocket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  const [chunk] = (await new Promise((resolve) => socket.once('data', (...all: Buffer[]) => resolve(all)))) as Buffer[]
  return chunk?.toString().split('\r\n', 1)[0] ?? ''
}

/** How many leaves of the log tell of the gateway's own certificates. */
async function ownEntries(): Promise<number> {
  const record = new pg.Client({ connectionString: gateway.databaseUrl })
  await record.connect()
  try {
    const { rows } = await record.query<{ jws: Buffer }>(`select jws from leaf where typ = 'registry-entry+jws'`)
    const parties = rows.map(({ jws }) => Buffer.from(jws.toString().split('.')[1] ?? '', 'base64url').toString())
    return parties.filter((text) => text.includes('"party":{"id":"passerelle-development"')).length
  } finally {
    await record.end()
  }
}

const REFUSED = 'own certificates refused'
const renew = (process: Process, what = 'own certificates in force') => hangUp(process, what)

test('both certificates of the gateway change under load in two processes: nothing is refused, and all receipts verify', async () => {
  // One agency is pushed to, and believes the gateway alone; the other reads its mailbox.
  const ctac = await agency('gb-ctac', gateway.url)
  const isGateway = openCallerCheck(ctac.client.wellKnown)
  const taken = new Set<string>()
  const callers = new Set<string>()
  let strangers = 0
  const endpoint = stack.use(
    await startPushEndpoint(gateway, 'gb-ctac', (request, response) => {
      const caller = (request.socket as TLSSocket).getPeerX509Certificate()
      void isGateway(caller).then((itIs) => {
        if (!itIs) {
          strangers += 1
          return request.socket.destroy()
        }
        callers.add(thumbprint(caller?.toString() ?? ''))
        taken.add(String(request.headers['passerelle-message-id']))
        return response.writeHead(200).end()
      })
    }),
  )
  await changeAgency(gateway, 'gb-ctac', { delivery: await pushTo(gateway, endpoint) })
  await hangUp({ process: (both[1] as Process).process }, 'registry in force')
  const kent = await agency('gb-la-e10000016', (both[1] as Process).url)
  const recipient = startRecipient(kent)
  const stop = new AbortController()
  const going = { senders, stop: stop.signal, inFlight: 1 }
  const [pushed, mailed] = [
    startLoad({ ...going, to: 'gb-ctac', type: 'referral' }),
    startLoad({ ...going, to: 'gb-la-e10000016', type: 'information-request' }),
  ]
  await Promise.all([pushed.reached(40), mailed.reached(40)])

  const [oldTls, oldSigning] = [await read('tls'), await read('signing')]
  const [nextTls, nextSigning] = [await make('tls'), await make('signing')]
  const standing = await Promise.all([
    ...both.map(async ({ url }) => ({ path: '/v1/inbox', socket: await dial(url, 'agencies/fr-dep-59') })),
    ...both.map(async ({ operationsUrl }) => ({
      path: '/health/live',
      socket: await dial(operationsUrl, 'operators/duty'),
    })),
  ])
  for (const { socket, path } of standing) expect(await askOn(socket, path)).toBe('HTTP/1.1 200 OK')
  await put('tls', nextTls)
  await put('signing', nextSigning)
  for (const process of both) {
    await renew(process)
    await Promise.all([pushed.reached(pushed.accepted.size + 40), mailed.reached(mailed.accepted.size + 40)])
  }
  for (const { socket, path } of standing) {
    expect(shownBy(socket)).toBe(thumbprint(oldTls.crt))
    expect(await askOn(socket, path)).toBe('HTTP/1.1 200 OK')
  }
  for (const { url, operationsUrl } of both) {
    expect(shownBy(await dial(url, 'agencies/fr-dep-59'))).toBe(thumbprint(nextTls.crt))
    expect(shownBy(await dial(operationsUrl, 'operators/duty'))).toBe(thumbprint(nextTls.crt))
  }
  await until(() => callers.has(thumbprint(nextTls.crt)), 30_000)

  // A broken file, a key that is not its certificate's, another gateway's name: what was in force stays, with an alarm.
  for (const bad of [
    () => putFile(own('tls.crt'), 'no certificate'),
    () => putFile(own('tls.key'), oldTls.key),
    async () => put('signing', await make('signing', 'another-gateway')),
  ]) {
    await bad()
    await renew(gateway, `${REFUSED}; what was in force stays`)
    await until(async () => (await figure(gateway, 'passerelle_alarms', 'own-certificates-refused')) === 1)
    expect(shownBy(await dial(gateway.url, 'agencies/fr-dep-59'))).toBe(thumbprint(nextTls.crt))
    await put('tls', nextTls)
    await put('signing', nextSigning)
    await renew(gateway)
    await until(async () => (await figure(gateway, 'passerelle_alarms', 'own-certificates-refused')) === 0)
  }

  stop.abort()
  await Promise.all([pushed.done, mailed.done])
  await until(() => recipient.handled.size === mailed.sent.size && taken.size >= pushed.sent.size, 60_000)
  await recipient.stop()
  expect(await refusedBy(both)).toBe(0)
  for (const process of both) expect(errorsOf(process, REFUSED)).toEqual([])
  expect(await missing([mailed], recipient.handled, senders)).toEqual([])
  expect(taken).toEqual(new Set(pushed.sent.keys()))
  expect(callers).toEqual(new Set([oldTls.crt, nextTls.crt].map(thumbprint)))
  // Published before it is shown, and the SDK reads the list again at once: nobody took the gateway for a stranger.
  expect(strangers).toBe(0)
  for (const sender of senders) {
    const { events, signers, wellKnown } = await verifyFeed(sender)
    for (const id of pushed.sent.keys())
      if (events.has(id)) expect(events.get(id)).toEqual(['SubmissionAcceptance', 'ContentConsignment'])
    expect(signers).toEqual(new Set([oldSigning.crt, nextSigning.crt].map(thumbprint)))
    const listed = (which: 'tlsCertificates' | 'signingCertificates') =>
      new Map(wellKnown[which].map((one) => [one.thumbprint, one.current]))
    expect(listed('tlsCertificates')).toEqual(
      new Map([
        [thumbprint(nextTls.crt), true],
        [thumbprint(oldTls.crt), false],
      ]),
    )
    expect(listed('signingCertificates')).toEqual(
      new Map([
        [thumbprint(nextSigning.crt), true],
        [thumbprint(oldSigning.crt), false],
      ]),
    )
  }

  expect(await ownEntries()).toBe(2)

  // And back.
  await put('tls', oldTls)
  await put('signing', oldSigning)
  for (const process of both) await renew(process)
  expect(shownBy(await dial(gateway.url, 'agencies/fr-dep-59'))).toBe(thumbprint(oldTls.crt))
  expect(await ownEntries()).toBe(3)
  const { receipt } = await (senders[0] as TestAgency).client.submit([...mailed.sent.values()][0] ?? '')
  expect(readReceipt(receipt).event).toBe('SubmissionAcceptance')
}, 180_000)
