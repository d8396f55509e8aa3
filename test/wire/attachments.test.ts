import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import {
  addressOf,
  beginPut,
  endPut,
  fetchAddress,
  makePicture,
  makeQuestion,
  makeText,
  naming,
  put,
  submit,
} from '../support/attached.ts'
import { readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

const CHUNK = 256 * 1024
const LARGEST = 25 * 1024 * 1024

let gateway: TestGateway
let rys: RawClient
let ctac: RawClient
let croydon: RawClient
let signer: Signer

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '100000' })
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  croydon = await openRawAs(gateway, 'agencies/gb-la-e09000008/tls')
  signer = await readSigner(gateway.pki.folder, 'agencies/gb-ctac/signing')
})

afterAll(async () => {
  for (const client of [rys, ctac, croydon]) client[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

describe('what is put and named', () => {
  test.each([1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, LARGEST])(
    '%i bytes: the recipient gets the very bytes',
    async (size) => {
      const paper = makeText(size)
      const first = await put(ctac, paper)
      expect(first.status).toBe(201)
      const { digest, mediaType } = naming(paper)
      expect(first.read()).toEqual({ digest, mediaType, size })
      const again = await put(ctac, paper)
      expect(again.status).toBe(200)
      expect(again.body).toEqual(first.body)

      const question = makeQuestion([paper])
      expect((await submit(ctac, question, signer)).status).toBe(202)
      const got = await rys.get(fetchAddress(question, paper))
      expect(got.status).toBe(200)
      expect(createHash('sha256').update(got.body).digest('hex')).toBe(
        createHash('sha256').update(paper.bytes).digest('hex'),
      )
      expect(got.headers).toMatchObject({
        'content-type': 'text/plain',
        'content-length': String(size),
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'accept-ranges': 'bytes',
      })
    },
  )
})

test('it may come without its length, and wait to be asked for', async () => {
  const paper = makeText(CHUNK + 1)
  const common = { 'content-type': 'text/plain; charset=UTF-8', 'transfer-encoding': 'chunked' }
  const sent = await beginPut(gateway, 'gb-ctac', addressOf(paper), { ...common, expect: '100-continue' })
  await once(sent, 'continue')
  expect(await endPut(sent, [paper.bytes.subarray(0, 9), paper.bytes.subarray(9)])).toBe(201)
  const question = makeQuestion([paper])
  expect((await submit(ctac, question, signer)).status).toBe(202)
  expect((await rys.get(fetchAddress(question, paper))).body.equals(paper.bytes)).toBe(true)
})

describe('of a message, the recipient gets', () => {
  const paper = makeText(2 * CHUNK + 1_000)
  const { bytes } = paper
  const { length: size } = bytes
  let address: string
  beforeAll(async () => {
    const question = makeQuestion([paper])
    await put(ctac, paper)
    expect((await submit(ctac, question, signer)).status).toBe(202)
    address = fetchAddress(question, paper)
  })

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-', 0, size - 1],
    [`bytes=${CHUNK - 1}-${CHUNK}`, CHUNK - 1, CHUNK],
    [`bytes=${CHUNK}-${2 * CHUNK - 1}`, CHUNK, 2 * CHUNK - 1],
    ['bytes=10-99999999', 10, size - 1],
    ['bytes=-1', size - 1, size - 1],
    ['bytes=-1001', size - 1_001, size - 1],
    ['bytes=-99999999', 0, size - 1],
    [`BYTES=${size - 1}-`, size - 1, size - 1],
  ])('%s: that range', async (range, first, last) => {
    const answer = await rys.get(address, { range })
    expect(answer.status).toBe(206)
    expect(answer.headers['content-range']).toBe(`bytes ${first}-${last}/${size}`)
    expect(answer.headers['content-length']).toBe(String(last - first + 1))
    expect(answer.body.equals(bytes.subarray(first, last + 1))).toBe(true)
  })

  test.each([`bytes=${size}-`, `bytes=${size}-${size + 5}`, 'bytes=-0'])('%s: 416, with the size', async (range) => {
    const answer = await rys.get(address, { range })
    expectProblem(answer, 'range-not-satisfiable')
    expect(answer.headers['content-range']).toBe(`bytes */${size}`)
    expect(answer.headers).not.toHaveProperty('content-disposition')
  })

  test.each(['bytes=0-0,2-3', 'bytes=5-4', 'bytes=', 'bytes=-', 'items=0-1', 'bytes=a-b', 'bytes=0-1x'])(
    '%s: the whole, for that is none that is served',
    async (range) => {
      const answer = await rys.get(address, { range })
      expect(answer.status).toBe(200)
      expect(answer.body.equals(bytes)).toBe(true)
    },
  )

  test('a range of what it knows by its tag, and the whole where that is another', async () => {
    const { headers } = await rys.get(address, { range: 'bytes=0-0' })
    const tag = String(headers['etag'])
    expect(tag).toBe(`"${address.split('/').at(-1)}"`)
    expect((await rys.get(address, { range: 'bytes=0-0', 'if-range': tag })).status).toBe(206)
    for (const other of ['"x"', `W/${tag}`, new Date().toUTCString()])
      expect((await rys.get(address, { range: 'bytes=0-0', 'if-range': other })).status).toBe(200)
  })

  test('the head alone where it asks for that, whatever range', async () => {
    const answer = await rys.call('HEAD', address, { headers: { range: 'bytes=0-0' } })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-length': String(size),
      'content-type': 'text/plain',
      'content-disposition': 'attachment',
      'accept-ranges': 'bytes',
    })
    expect(answer.body.length).toBe(0)
  })

  test('and it alone: to others it is what is not there, to the letter', async () => {
    const nowhere = fetchAddress(makeQuestion([]), makeText())
    const other = await put(croydon, paper)
    expect(other.status).toBe(201)
    const answers = [
      await croydon.get(nowhere),
      // A message that is not its own, whether it has put the same itself or not; and the sender has its own copy.
      await croydon.get(address),
      await ctac.get(address),
      // Its own message, and what that does not name.
      await rys.get(`${address.split('/').slice(0, -1).join('/')}/${nowhere.split('/').at(-1)}`),
      await rys.get(nowhere),
      // No digest has this form.
      await rys.get(`${address}x`),
    ]
    for (const answer of answers) expectProblem(answer, 'not-found')
    const seen = answers.map(({ headers, body }) => {
      const { date: _, 'passerelle-request-id': id, ...rest } = headers
      return JSON.stringify([rest, body.toString().replaceAll(String(id), '')])
    })
    expect(new Set(seen).size).toBe(1)
    expectProblem(
      await rys.call('PUT', address, { headers: { 'content-type': 'text/plain' }, body: 'x' }),
      'method-not-allowed',
    )
  })

  test('also where several messages name it, of several cases and from several senders', async () => {
    const again = makeQuestion([paper])
    expect((await submit(ctac, again, signer)).status).toBe(202)
    expect((await rys.get(fetchAddress(again, paper))).body.equals(bytes)).toBe(true)
    const others = await readSigner(gateway.pki.folder, 'agencies/gb-la-e09000008/signing')
    const theirs = makeQuestion([paper], { from: 'gb-la-e09000008' })
    expect((await submit(croydon, theirs, others)).status).toBe(202)
    expect((await rys.get(fetchAddress(theirs, paper))).body.equals(bytes)).toBe(true)
  })
})

describe('what is refused', () => {
  test('other bytes than the address says: nothing is kept', async () => {
    const paper = makeText()
    const other = { ...paper, bytes: Buffer.concat([paper.bytes, Buffer.from('x')]) }
    const headers = { 'content-type': 'text/plain' }
    expectProblem(
      await ctac.call('PUT', addressOf(paper), { headers, body: other.bytes }),
      'attachment-digest-mismatch',
    )
    expectProblem(await submit(ctac, makeQuestion([paper]), signer), 'attachment-missing')
    expectProblem(await submit(ctac, makeQuestion([other]), signer), 'attachment-missing')
    expect((await put(ctac, paper)).status).toBe(201)
    expectProblem(
      await ctac.call('PUT', addressOf(paper), { headers, body: other.bytes }),
      'attachment-digest-mismatch',
    )
    expect((await submit(ctac, makeQuestion([paper]), signer)).status).toBe(202)
  })

  test.each([
    ['application/zip', 'a type that is not allowed'],
    ['application/jose', 'a message'],
    ['', 'no type'],
    ['text', 'what is no type'],
    ['image/jpeg', 'a type that the content is not'],
    ['application/pdf', 'another'],
  ])('%s (%s), for a text', async (type) => {
    const paper = makeText()
    const headers = type === '' ? {} : { 'content-type': type }
    expectProblem(await ctac.call('PUT', addressOf(paper), { headers, body: paper.bytes }), 'unsupported-media-type')
    expectProblem(await submit(ctac, makeQuestion([paper]), signer), 'attachment-missing')
  })

  test('a content of no kind that is allowed, one that is coded, and an empty one', async () => {
    const program = { bytes: Buffer.from('#!/bin/sh\u0000\n'), mediaType: 'text/plain' }
    expectProblem(await put(ctac, program), 'unsupported-media-type')
    expectProblem(await put(ctac, makeText(), { 'content-encoding': 'gzip' }), 'unsupported-media-type')
    expectProblem(await put(ctac, { bytes: Buffer.alloc(0), mediaType: 'text/plain' }), 'unsupported-media-type')
  })

  test('one byte more than 25 MiB, announced or not', async () => {
    const large = makePicture(LARGEST + 1)
    expectProblem(await put(ctac, large), 'message-too-large')
    const headers = { 'content-type': large.mediaType, 'transfer-encoding': 'chunked' }
    const sent = await beginPut(gateway, 'gb-ctac', addressOf(large), headers)
    expect(await endPut(sent, [large.bytes])).toBe(413)
  })

  test('a size or a media type in a message that is not the one that was put', async () => {
    const paper = makeText()
    expect((await put(ctac, paper)).status).toBe(201)
    for (const change of [{ size: paper.bytes.length + 1 }, { mediaType: 'application/pdf' }]) {
      const attachments = [{ ...naming(paper), ...change }]
      expectProblem(await submit(ctac, makeQuestion([], { attachments }), signer), 'attachment-missing')
    }
    expect((await submit(ctac, makeQuestion([paper]), signer)).status).toBe(202)
  })

  test('a message that names one of two that is not there, and one of what only another agency has put', async () => {
    const [here, elsewhere] = [makeText(), makeText()]
    expect((await put(ctac, here)).status).toBe(201)
    expect((await put(croydon, elsewhere)).status).toBe(201)
    expectProblem(await submit(ctac, makeQuestion([here, elsewhere]), signer), 'attachment-missing')
    expect((await put(ctac, elsewhere)).status).toBe(201)
    expect((await submit(ctac, makeQuestion([here, elsewhere]), signer)).status).toBe(202)
  })
})
