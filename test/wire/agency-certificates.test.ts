import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issue } from '../../certs-dev/pki.ts'
import { openClient, readIdentity, signEnvelope, verifyMessage } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { errorsOf, hangUp, missing, refusedBy, startRecipient } from '../support/keys-under-load.ts'
import { startLoad } from '../support/load.ts'

const ID = 'fr-rys'
const stack = new AsyncDisposableStack()
let gateway: TestGateway
let second: Awaited<ReturnType<TestGateway['startAnother']>>

beforeAll(async () => {
  gateway = stack.use(await startGateway({ PASSERELLE_RATE_LIMIT: '1000000' }))
  second = await gateway.startAnother()
})
afterAll(() => stack.disposeAsync())

type Pin = { use: string; pem: string }

/** Changes what is pinned to the agency, in both processes. */
async function pin(change: (pins: readonly Pin[]) => readonly Pin[]): Promise<void> {
  await gateway.changeRegistry(({ agencies }) => {
    for (const one of agencies) if (one.id === ID) one['certificates'] = change(one['certificates'] as Pin[])
  })
  await hangUp(second, 'registry in force')
}

/** Two new certificates of the agency, in a folder of its own as its system would have them. */
async function makeNext(): Promise<{ folder: string; pins: readonly Pin[] }> {
  const folder = join(gateway.pki.folder, 'next', ID)
  await mkdir(folder, { recursive: true })
  const pins: Pin[] = []
  for (const use of ['tls', 'signing'] as const) {
    const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: gateway.pki.until }
    const made = await issue(gateway.pki.intermediate, { subject: `C=FR, O=${ID}, CN=${ID} ${use} 2`, validity, use })
    await writeFile(join(folder, `${use}.crt`), made.crt)
    await writeFile(join(folder, `${use}.key`), made.key, { mode: 0o600 })
    pins.push({ use, pem: made.pem })
  }
  return { folder, pins }
}

async function openWith(folder: string, url: string): Promise<TestAgency> {
  const identity = await readIdentity(folder)
  const ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  const client = openClient({ url, ca, ...identity, patience: { giveUpAfterMs: 3_000 } })
  return stack.use({ id: ID, client, signer: identity.signer, [Symbol.asyncDispose]: () => client.close() })
}

test('an agency’s two certificates change under load: nothing is refused while both are pinned, the old ones at once when they go', async () => {
  const both = [gateway, { ...second, pki: gateway.pki }]
  const ctac = stack.use(await openAgency(gateway, 'gb-ctac', second.url))
  const recipient = startRecipient(ctac)
  const standard = join(gateway.pki.folder, 'agencies', ID)
  const old = [await openWith(standard, gateway.url), await openWith(standard, second.url)]
  const [stopOld, stopNew] = [new AbortController(), new AbortController()]
  const going = { to: 'gb-ctac', type: 'referral', inFlight: 1 }
  const before = startLoad({ ...going, senders: old, stop: stopOld.signal })
  await before.reached(50)

  const { folder, pins } = await makeNext()
  const previous = JSON.parse(await readFile(join(gateway.pki.folder, 'agencies.json'), 'utf8')) as {
    agencies: { id: string; certificates: Pin[] }[]
  }
  const oldPins = previous.agencies.find(({ id }) => id === ID)?.certificates ?? []
  await pin((standing) => [...standing, ...pins])
  const next = [await openWith(folder, gateway.url), await openWith(folder, second.url)]
  // The directory is made anew once a second at most.
  await until(async () => {
    const shown = (await next[0]?.client.directory())?.agencies.find(({ id }) => id === ID)?.certificates
    return shown?.filter(({ current }) => current).length === 2
  })
  const after = startLoad({ ...going, senders: next, stop: stopNew.signal })
  await Promise.all([before.reached(before.accepted.size + 50), after.reached(50)])
  // Its system has gone over, and the old ones go.
  stopOld.abort()
  await before.done
  await pin((standing) => standing.filter(({ pem }) => !oldPins.some((one) => one.pem === pem)))
  await after.reached(after.accepted.size + 50)
  stopNew.abort()
  await after.done
  await until(() => recipient.handled.size === before.sent.size + after.sent.size, 60_000)
  await recipient.stop()
  expect(await refusedBy(both)).toBe(0)
  for (const process of both) expect(errorsOf(process, 'nothing')).toEqual([])
  expect(await missing([before, after], recipient.handled, next.slice(0, 1))).toEqual([])

  // The old TLS certificate is nobody's now, and the old signature nobody's under the new connection.
  const [oldOne, nextOne] = [old[0] as TestAgency, next[0] as TestAgency]
  await expect(oldOne.client.inbox()).rejects.toMatchObject({ code: 'unknown-agency' })
  const stale = await signEnvelope(makeEnvelope('referral', ID, 'gb-ctac'), oldOne.signer, new Date())
  await expect(nextOne.client.submit(stale)).rejects.toMatchObject({ code: 'unknown-signer' })
  // What it signed stays what it was: read again, verified by the directory, and answered as the first time.
  const directory = await ctac.client.directory()
  for (const [messageId, bytes] of [...before.sent].slice(0, 5)) {
    const read = await ctac.client.read({ from: ID, messageId })
    expect(Buffer.from(read.bytes).toString()).toBe(bytes)
    expect(await verifyMessage(read.bytes, directory, { from: ID })).toMatchObject({ id: messageId })
    expect(await nextOne.client.submit(bytes)).toMatchObject({
      replayed: true,
      receipt: before.accepted.get(messageId),
    })
  }

  // And back.
  await pin((standing) => [...standing, ...oldPins])
  expect(await oldOne.client.inbox()).toMatchObject({ messages: [] })
  expect(await oldOne.client.submit(stale)).toMatchObject({ replayed: false })
}, 120_000)
