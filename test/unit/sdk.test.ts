import { CompactSign } from 'jose'
import { array, assert, asyncProperty, constantFrom, nat, pre, record } from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  digestOf,
  newId,
  SdkFault,
  signAcknowledgement,
  signEnvelope,
  verifyAcknowledgement,
  verifyMessage,
  verifyReceipt,
} from '../../sdk/index.ts'
import { makeSigner } from '../../sdk/identity.ts'
import type { Signer } from '../../sdk/sign.ts'
import { acceptanceOf, directoryOf, envelope, makeParty, type Party, wellKnownOf } from './sdk-parties.ts'
import { runs } from '../support/runs.ts'

const algorithms = ['ES256', 'ES384', 'PS256', 'EdDSA'] as const
const now = new Date()
let rys: Party
let ctac: Party
let gateway: Party
let message: string

/** Signs as a gateway would: what the SDK itself never does. */
function signReceipt(payload: object, signer: Signer, header: object = {}): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000)
  const exact = { alg: signer.alg, typ: 'delivery-receipt+jws', cty: 'json', iat, 'x5t#S256': signer.thumbprint }
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ ...exact, ...header })
    .sign(signer.key)
}

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'verified',
    (fault: unknown) => (fault instanceof SdkFault ? fault.code : String(fault)),
  )

const verify = (receipt: string, expected = {}) =>
  codeOf(verifyReceipt(receipt, wellKnownOf(gateway), directoryOf([ctac]), expected))

beforeAll(async () => {
  rys = await makeParty('fr-rys', 'ES256')
  ctac = await makeParty('gb-ctac', 'EdDSA')
  gateway = await makeParty('passerelle', 'ES256')
  message = await signEnvelope(envelope, rys.signer, now)
})

describe.each(algorithms)('%s', (alg) => {
  test('signs what the recipient verifies, with the exact header', async () => {
    const party = await makeParty('fr-rys', alg)
    expect(party.signer.alg).toBe(alg)
    const signed = await signEnvelope(envelope, party.signer, now)
    const header: unknown = JSON.parse(Buffer.from(signed.split('.')[0] ?? '', 'base64url').toString())
    const iat = Math.floor(now.getTime() / 1000)
    expect(header).toEqual({
      alg,
      typ: 'safeguarding-message+jws',
      cty: 'json',
      iat,
      'x5t#S256': party.signer.thumbprint,
    })
    expect(await verifyMessage(Buffer.from(signed), directoryOf([party]), { from: 'fr-rys', to: 'gb-ctac' })).toEqual(
      envelope,
    )
  })

  test('verifies a receipt and its acknowledgement', async () => {
    const signer = await makeParty('passerelle', alg)
    const by = await makeParty('gb-ctac', alg)
    const at = now.toISOString()
    const mine = { messageId: envelope.id, messageDigest: digestOf(message), at, outcome: 'accepted' } as const
    const acknowledgement = await signAcknowledgement(mine, by.signer, now)
    const payload = { ...acceptanceOf(message, signer), event: 'ContentHandover', attempt: 1, acknowledgement }
    const receipt = await signReceipt(payload, signer.signer)
    const verified = await verifyReceipt(receipt, wellKnownOf(signer), directoryOf([by]), {
      event: 'ContentHandover',
      message,
    })
    expect(verified).toEqual(payload)
  })
})

describe('a receipt', () => {
  test('must be about the bytes that were sent, the event and the message that are expected', async () => {
    const receipt = await signReceipt(acceptanceOf(message, gateway), gateway.signer)
    expect(await verify(receipt, { message, event: 'SubmissionAcceptance', messageId: envelope.id })).toBe('verified')
    expect(await verify(receipt, { message: `${message}A` })).toBe('not-as-expected')
    expect(await verify(receipt, { event: 'ContentHandover' })).toBe('not-as-expected')
    expect(await verify(receipt, { messageId: newId() })).toBe('not-as-expected')
  })

  test('must be signed by this gateway, with the exact header and the exact members', async () => {
    const payload = acceptanceOf(message, gateway)
    const faults = {
      foreign: await signReceipt(payload, rys.signer),
      otherGateway: await signReceipt({ ...payload, gateway: 'another' }, gateway.signer),
      otherTyp: await signReceipt(payload, gateway.signer, { typ: 'safeguarding-message+jws' }),
      moreHeader: await signReceipt(payload, gateway.signer, { kid: 'x' }),
      foreignChain: await signReceipt(payload, gateway.signer, { x5c: ['AAAA'] }),
      morePayload: await signReceipt({ ...payload, extra: 1 }, gateway.signer),
      missing: await signReceipt({ ...payload, to: undefined }, gateway.signer),
      noAcknowledgement: await signReceipt({ ...payload, event: 'ContentHandover' }, gateway.signer),
      early: await signReceipt(payload, gateway.signer, { iat: 1 }),
    }
    const codes = Object.fromEntries(
      await Promise.all(Object.entries(faults).map(async ([name, each]) => [name, await verify(each)])),
    )
    expect(codes).toEqual({
      foreign: 'unknown-signer',
      otherGateway: 'not-as-expected',
      otherTyp: 'not-a-signed-document',
      moreHeader: 'not-a-signed-document',
      foreignChain: 'not-a-signed-document',
      morePayload: 'not-a-signed-document',
      missing: 'not-as-expected',
      noAcknowledgement: 'not-as-expected',
      early: 'certificate-not-valid',
    })
  })

  test('of a refusal before the sender was established names neither message nor case', async () => {
    const { receiptId, messageDigest, at, gateway: id, attempt } = acceptanceOf(message, gateway)
    const bare = {
      receiptId,
      event: 'SubmissionRejection',
      messageDigest,
      at,
      gateway: id,
      attempt,
      reason: { code: 'signer-mismatch' },
    }
    expect(await verify(await signReceipt({ ...bare, submittedBy: 'fr-rys' }, gateway.signer))).toBe('verified')
    expect(await verify(await signReceipt(bare, gateway.signer))).toBe('not-as-expected')
  })

  test('never verifies once any character of it has changed', async () => {
    const receipt = await signReceipt(acceptanceOf(message, gateway), gateway.signer)
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= '.split('')
    const mutation = record({
      at: nat(receipt.length - 1),
      drop: nat(2),
      put: array(constantFrom(...characters), { maxLength: 2 }),
    })
    await assert(
      asyncProperty(mutation, async ({ at, drop, put }) => {
        const mutated = receipt.slice(0, at) + put.join('') + receipt.slice(at + drop)
        pre(mutated !== receipt)
        expect(await verify(mutated)).not.toBe('verified')
      }),
      { numRuns: runs(200) },
    )
  })
})

describe('a message', () => {
  test('verifies only by a certificate of the agency that it says it is from', async () => {
    const forged = await signEnvelope({ ...envelope, from: 'gb-ctac' }, rys.signer, now)
    expect(await codeOf(verifyMessage(forged, directoryOf([rys, ctac])))).toBe('unknown-signer')
    expect(await codeOf(verifyMessage(message, directoryOf([rys]), { to: 'gb-home-office' }))).toBe('not-as-expected')
    expect(await codeOf(verifyMessage(message, directoryOf([rys]), { id: newId() }))).toBe('not-as-expected')
  })

  test('signed at or after the revocation of its certificate does not verify', async () => {
    const sign = new Date(Math.floor(now.getTime() / 1000) * 1000)
    expect(await codeOf(verifyMessage(message, directoryOf([rys], sign.toISOString())))).toBe('certificate-not-valid')
    const later = new Date(sign.getTime() + 1000)
    expect(await codeOf(verifyMessage(message, directoryOf([rys], later.toISOString())))).toBe('verified')
  })

  test('is not taken from bytes that are no UTF-8, no JSON or no object', async () => {
    const payloads = [
      Buffer.from([0xff]),
      Buffer.from('\uFEFF{}'),
      Buffer.from('[]'),
      Buffer.from('{'),
      Buffer.from('{"id":1}'),
    ]
    for (const payload of payloads) {
      const [header, , signature] = message.split('.')
      const bytes = `${header}.${payload.toString('base64url')}.${signature}`
      expect(await codeOf(verifyMessage(bytes, directoryOf([rys])))).toBe('not-a-signed-document')
    }
  })
})

test('an acknowledgement must be of this message, by its recipient', async () => {
  const messageDigest = digestOf(message)
  const payload = {
    messageId: envelope.id,
    messageDigest,
    at: now.toISOString(),
    outcome: 'refused',
    reason: { code: 'wrong-area' },
  } as const
  const signed = await signAcknowledgement(payload, ctac.signer, now)
  const right = { by: 'gb-ctac', messageId: envelope.id, messageDigest }
  const directory = directoryOf([rys, ctac])
  expect(await verifyAcknowledgement(signed, directory, right)).toEqual(payload)
  expect(await codeOf(verifyAcknowledgement(signed, directory, { ...right, by: 'fr-rys' }))).toBe('unknown-signer')
  expect(await codeOf(verifyAcknowledgement(signed, directory, { ...right, messageId: newId() }))).toBe(
    'not-as-expected',
  )
  expect(await codeOf(verifyAcknowledgement(signed, directory, { ...right, messageDigest: digestOf('') }))).toBe(
    'not-as-expected',
  )
})

test('a signer needs a key that belongs to its certificate', () => {
  expect(() => makeSigner(rys.certificate, gateway.key)).toThrow(
    expect.objectContaining({ code: 'key-not-of-certificate' }),
  )
})

test('new ids are UUIDs of version 7, in order', () => {
  const ids = Array.from({ length: 50 }, newId)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(ids).size).toBe(50)
  expect(ids.map((id) => id.slice(0, 13))).toEqual(ids.map((id) => id.slice(0, 13)).toSorted())
})

test('every fault speaks English and French', () => {
  const fault = new SdkFault('unreachable', { detail: 'ECONNREFUSED' })
  expect(fault.message).toContain(fault.text.en)
  expect(fault.text.fr).not.toBe(fault.text.en)
})
