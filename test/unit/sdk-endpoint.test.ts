import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  createReceiver,
  digestOf,
  type Envelope,
  type Outcome,
  type ReceiverOptions,
  signEnvelope,
  verifyAcknowledgement,
} from '../../sdk/index.ts'
import { directoryOf, envelope, makeParty, type Party, wellKnownOf } from './sdk-parties.ts'

/** Section 7: an endpoint to which the gateway pushes, over real mutual TLS. */

let gateway: Party
let sender: Party
let recipient: Party
let message: string
const closers: (() => unknown)[] = []
beforeAll(async () => {
  gateway = await makeParty('passerelle', 'ES256')
  sender = await makeParty(envelope.from, 'ES256')
  recipient = await makeParty(envelope.to, 'ES256')
  message = await signEnvelope(envelope, sender.signer, new Date())
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** Opens a receiver; gives what it took, what it was told, and how to push to it. */
async function open(more: Partial<ReceiverOptions> = {}) {
  const taken: Envelope[] = []
  const faults: unknown[] = []
  const { tlsCertificates: _, ...wellKnown } = wellKnownOf(gateway)
  const receiver = createReceiver({
    agency: envelope.to,
    client: {
      wellKnown: async () => ({ ...wellKnown, tlsCertificates: wellKnown.signingCertificates }),
      directory: async () => directoryOf([sender, recipient]),
    },
    signer: recipient.signer,
    tls: { cert: recipient.certificate, key: recipient.key },
    ca: [gateway.certificate, sender.certificate],
    take: (each) => {
      taken.push(each)
      return 'accepted'
    },
    onFault: (fault) => faults.push(fault),
    ...more,
  })
  const port = await receiver.listen(0, '127.0.0.1')
  closers.push(() => receiver.close())
  const push = async (body: string, by: Party = gateway, id = envelope.id) => {
    const headers = {
      'content-type': 'application/jose',
      'passerelle-from': envelope.from,
      'passerelle-message-id': id,
      'passerelle-attempt': '1',
    }
    const call = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      headers,
      cert: by.certificate,
      key: by.key,
      rejectUnauthorized: false,
      agent: false,
    })
    call.end(body)
    const [response] = (await once(call, 'response')) as [IncomingMessage]
    return {
      status: response.statusCode,
      type: response.headers['content-type'],
      retryAfter: response.headers['retry-after'],
      body: (await buffer(response)).toString(),
    }
  }
  return { taken, faults, push }
}

const acknowledged = (body: string) =>
  verifyAcknowledgement(body, directoryOf([recipient]), {
    by: envelope.to,
    messageId: envelope.id,
    messageDigest: digestOf(message),
  })

test('what the gateway brings is verified, taken, and acknowledged in the answer', async () => {
  const { taken, push } = await open()
  const answer = await push(message)
  expect(answer).toMatchObject({ status: 200, type: 'application/jose' })
  expect(await acknowledged(answer.body)).toMatchObject({ outcome: 'accepted' })
  expect(taken).toEqual([envelope])
})

test('whoever is not the gateway is cut off without an answer', async () => {
  const { taken, push, faults } = await open()
  await expect(push(message, sender)).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(taken).toEqual([])
  expect(String(faults[0])).toContain('not the gateway')
})

test('a message is taken once, however often and however close together it is brought', async () => {
  const gate = Promise.withResolvers<Outcome>()
  let times = 0
  const { push } = await open({
    take: () => {
      times += 1
      return gate.promise
    },
  })
  const both = [push(message), push(message)]
  await expect.poll(() => times).toBe(1)
  gate.resolve('accepted')
  for (const answer of await Promise.all(both))
    expect(await acknowledged(answer.body)).toMatchObject({ outcome: 'accepted' })
  expect(await acknowledged((await push(message)).body)).toMatchObject({ outcome: 'accepted' })
  expect(times).toBe(1)
})

describe('what is answered', () => {
  test('a refusal, with its code', async () => {
    const { push } = await open({ take: () => ({ refused: 'wrong-area' }) })
    expect(await acknowledged((await push(message)).body)).toMatchObject({
      outcome: 'refused',
      reason: { code: 'wrong-area' },
    })
  })

  test('202 where the agency acknowledges later', async () => {
    const { push } = await open({ take: () => 'later' })
    expect(await push(message)).toMatchObject({ status: 202, body: '' })
  })

  test('503 where taking fails, so that the gateway comes again; then it is taken', async () => {
    let isBroken = true
    const { push, faults } = await open({
      take: () => {
        if (isBroken) throw new Error('no room')
        return 'accepted'
      },
    })
    expect(await push(message)).toMatchObject({ status: 503, retryAfter: '5' })
    expect(String(faults[0])).toContain('no room')
    isBroken = false
    expect((await push(message)).status).toBe(200)
  })

  test('503, and nothing is taken, where the message does not verify or is another than its headers say', async () => {
    const { push, taken, faults } = await open()
    const forged = await signEnvelope(envelope, recipient.signer, new Date())
    expect((await push(forged)).status).toBe(503)
    expect((await push(message, gateway, '0190a000-0000-7000-8000-0000000000ff')).status).toBe(503)
    expect((await push('x'.repeat(5 * 1024 * 1024))).status).toBe(503)
    expect(taken).toEqual([])
    expect(faults).toHaveLength(3)
  })
})

test('a memory that outlives the process tells a repetition after a restart', async () => {
  const kept = new Map<string, Outcome>()
  const memory = { get: (key: string) => kept.get(key), set: (key: string, outcome: Outcome) => kept.set(key, outcome) }
  await (await open({ memory })).push(message)
  const second = await open({ memory })
  expect((await second.push(message)).status).toBe(200)
  expect(second.taken).toEqual([])
  expect([...kept]).toEqual([[`${envelope.from} ${envelope.id}`, 'accepted']])
})
