import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Client,
  type Directory,
  type Message,
  type Identity,
  newId,
  openClient,
  PasserelleProblem,
  readIdentity,
  signEnvelope,
  verifyMessage,
  verifyReceipt,
  type WellKnown,
} from '../../sdk/index.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'

let gateway: TestGateway
let identities: Record<string, Identity>
let rys: Client
let ctac: Client
let wellKnown: WellKnown
let directory: Directory

beforeAll(async () => {
  gateway = await startGateway()
  const ca = await readFile(join(gateway.pki.folder, 'trust', 'ca.crt'), 'utf8')
  const ids = ['fr-rys', 'gb-ctac', 'gb-home-office', 'gb-la-e09000008', 'fr-dep-62']
  const entries = ids.map(async (id) => [id, await readIdentity(join(gateway.pki.folder, 'agencies', id))] as const)
  identities = Object.fromEntries(await Promise.all(entries))
  rys = openClient({ url: gateway.url, ca, ...identityOf('fr-rys') })
  ctac = openClient({ url: gateway.url, ca, ...identityOf('gb-ctac'), language: 'fr' })
  wellKnown = await rys.wellKnown()
  directory = await rys.directory()
})
afterAll(async () => {
  await rys.close()
  await ctac.close()
  await gateway[Symbol.asyncDispose]()
})

function identityOf(id: string): Identity {
  const identity = identities[id]
  if (identity === undefined) throw new Error(`no identity ${id}`)
  return identity
}

async function referral(): Promise<Message> {
  const examples = JSON.parse(await readFile('schemas/1.0/referral.examples.json', 'utf8')) as Message[]
  const [example] = examples
  if (example === undefined) throw new Error('no example')
  return { ...example, id: newId(), caseId: newId(), from: 'fr-rys', to: 'gb-ctac' }
}

describe('a partner with the SDK alone', () => {
  test('signs with each of the four algorithms', () => {
    expect(['fr-rys', 'gb-home-office', 'gb-la-e09000008', 'fr-dep-62'].map((id) => identityOf(id).signer.alg)).toEqual(
      ['ES256', 'PS256', 'EdDSA', 'ES384'],
    )
  })

  test('sends, receives, acknowledges, and verifies every receipt', async () => {
    const envelope = await referral()
    const message = await signEnvelope(envelope, identityOf('fr-rys').signer, new Date())
    const first = await rys.submit(message)
    expect(await rys.submit(message)).toEqual({ ...first, replayed: true })
    await verifyReceipt(first.receipt, wellKnown, directory, {
      event: 'SubmissionAcceptance',
      message,
      messageId: envelope.id,
    })

    const [entry] = (await ctac.inbox({ wait: 20 })).messages
    if (entry === undefined) throw new Error('nothing has arrived')
    const received = await ctac.read(entry)
    expect(Buffer.from(received.bytes).toString()).toBe(message)
    expect(await verifyMessage(received.bytes, directory, { from: 'fr-rys', to: 'gb-ctac', id: envelope.id })).toEqual(
      envelope,
    )
    const acknowledged = await ctac.acknowledge(received, 'accepted')
    expect(await ctac.acknowledge(received, 'accepted')).toEqual(acknowledged)
    await expect(ctac.acknowledge(received, 'refused', { reason: 'wrong-child' })).rejects.toMatchObject({
      code: 'already-acknowledged',
    })

    const events: string[] = []
    const stop = new AbortController()
    for await (const { receipt } of rys.followReceipts({ signal: stop.signal })) {
      const { event, messageId } = await verifyReceipt(receipt, wellKnown, directory, { message })
      if (messageId === envelope.id) events.push(event)
      if (events.length === 3) break
    }
    expect(events).toEqual(['SubmissionAcceptance', 'ContentConsignment', 'ContentHandover'])
    expect(await rys.status(envelope.id)).toMatchObject({ state: 'handed-over', attempts: 1 })
    expect((await ctac.case(envelope.caseId)).messages).toMatchObject([{ messageId: envelope.id, from: 'fr-rys' }])
  })

  test('is told, in its language, what a refusal is about, with signed evidence of it', async () => {
    const message = await signEnvelope(
      { ...(await referral()), to: 'gb-home-office' },
      identityOf('fr-rys').signer,
      new Date(),
    )
    const refusal = await rys.submit(message).catch((fault: unknown) => fault)
    if (!(refusal instanceof PasserelleProblem)) throw new Error('it was accepted')
    expect(refusal).toMatchObject({ status: 403, code: 'not-permitted' })
    expect(
      await verifyReceipt(refusal.receipt ?? '', wellKnown, directory, { event: 'SubmissionRejection', message }),
    ).toMatchObject({
      reason: { code: 'not-permitted' },
      submittedBy: 'fr-rys',
    })
    await expect(ctac.status(newId())).rejects.toThrow(/jamais existé/)
  })

  test('follows its inbox in order of arrival, repeating nothing', async () => {
    const stop = new AbortController()
    const seen: string[] = []
    const expected: string[] = []
    const following = (async () => {
      for await (const entry of ctac.followInbox({ signal: stop.signal })) seen.push(entry.messageId)
    })()
    const send = async () => {
      const { id: _, schemaVersion: __, ...draft } = await referral()
      const { envelope, message, receipt } = await rys.send(draft)
      await verifyReceipt(receipt, wellKnown, directory, { message, messageId: envelope.id })
      return envelope.id
    }
    const before = await send()
    expected.push(before, await send())
    // The inbox may have told of the second before its sender had the answer.
    await until(() => expected.every((id) => seen.includes(id)))
    stop.abort()
    await expect(following).rejects.toThrow(/abort/i)
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('says in the newest release what an older one cannot, and may still speak the older', async () => {
    const newest = JSON.parse(await readFile('schemas/1.2/missing-notification.examples.json', 'utf8')) as Message[]
    const notice = newest.find(({ body }) => 'for' in body && body.for === 'referrer')
    if (notice === undefined) throw new Error('no example')
    const { id: _, schemaVersion: __, ...draft } = { ...notice, caseId: newId(), from: 'gb-ctac', to: 'fr-rys' }
    expect((await ctac.send(draft)).envelope.schemaVersion).toBe('1.2')
    await expect(ctac.send({ ...draft, schemaVersion: '1.0' })).rejects.toMatchObject({ code: 'schema-violation' })
    const { id: ___, ...older } = await referral()
    expect((await rys.send(older)).envelope.schemaVersion).toBe('1.0')
  })

  test('reads the schemas that it must obey', async () => {
    const { releases } = await rys.schemas()
    expect(releases.at(-1)).toMatchObject({ version: '1.2', status: 'current' })
    for (const type of releases.at(-1)?.types ?? []) {
      expect(await rys.schema('1.2', type)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' })
    }
  })
})
