import { sign } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { type Envelope, parseEnvelope } from '../../gateway/protocol/envelope.ts'
import { parseJws } from '../../gateway/protocol/jws.ts'
import { signJws, verifySignature } from '../../gateway/protocol/signature.ts'
import { Problem } from '../../gateway/protocol/problems.ts'
import { mutate, mutations } from '../support/mutations.ts'
import { makeSigner } from '../support/signers.ts'

const TYP = 'safeguarding-message+jws'
const now = new Date('2016-10-17T10:00:00Z')
const envelope = {
  id: '0190a000-0000-7000-8000-000000000001',
  type: 'referral',
  schemaVersion: '1.0',
  from: 'fr-rys',
  to: 'gb-ctac',
  caseId: '0190a000-0000-7000-8000-000000001002',
  priority: 'urgent',
  respondBy: '2016-10-24T12:00:00Z',
  body: {
    child: { names: [{ full: 'عمران' }], age: { years: 10 } },
    reason: { text: 'Not seen since « vendredi ». '.repeat(20) },
  },
}

let signer: Awaited<ReturnType<typeof makeSigner>>
let valid: Buffer
beforeAll(async () => {
  signer = await makeSigner('ES256')
  valid = Buffer.from(await signJws(TYP, envelope, signer, now))
})

/** The steps of a submission that look at bytes alone: gives the envelope, or the refusal; any other throw gets out. */
async function judge(bytes: Buffer): Promise<Envelope | Problem> {
  try {
    const jws = parseJws(bytes, TYP)
    if (!(await verifySignature(jws, signer.certificate))) throw new Problem('invalid-signature')
    return parseEnvelope(jws.payload, new Set(['referral']))
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

/** The parts of the valid message, decoded. */
const parts = (): [Buffer, Buffer, Buffer] => {
  const [header = '', payload = '', signature = ''] = valid.toString().split('.')
  return [Buffer.from(header, 'base64url'), Buffer.from(payload, 'base64url'), Buffer.from(signature, 'base64url')]
}
const join = (decoded: readonly Buffer[]): Buffer =>
  Buffer.from(decoded.map((part) => part.toString('base64url')).join('.'))

test('the message is accepted as it was signed', async () => {
  expect(await judge(valid)).toMatchObject({ id: envelope.id, body: envelope.body })
})

test('4,000 mutations of its bytes are refused, each with a Problem', async () => {
  const property = fc.asyncProperty(mutations, async (changes) => {
    const bytes = mutate(valid, changes)
    fc.pre(!bytes.equals(valid))
    expect(await judge(bytes)).toBeInstanceOf(Problem)
  })
  await fc.assert(property, { seed: 1, numRuns: 4000 })
})

test('3,000 mutations of its decoded header, payload or signature are refused, each with a Problem', async () => {
  const property = fc.asyncProperty(fc.constantFrom(0, 1, 2), mutations, async (which, changes) => {
    const bytes = join(parts().map((part, index) => (index === which ? mutate(part, changes) : part)))
    fc.pre(!bytes.equals(valid))
    expect(await judge(bytes)).toBeInstanceOf(Problem)
  })
  await fc.assert(property, { seed: 2, numRuns: 3000 })
})

/** Signs whatever bytes stand for header and payload, as a sender that obeys nothing could. */
function signAnything(header: Buffer, payload: Buffer): Buffer {
  const input = `${header.toString('base64url')}.${payload.toString('base64url')}`
  const signature = sign('sha256', Buffer.from(input), { key: signer.key, dsaEncoding: 'ieee-p1363' })
  return Buffer.from(`${input}.${signature.toString('base64url')}`)
}

/** Judges many messages that a sender signs itself: each is an envelope in due form or refused as one that is not. */
async function judgeEach(messages: fc.Arbitrary<() => Buffer>, seed: number, numRuns: number): Promise<void> {
  const outcomes = { accepted: 0, refused: 0 }
  const property = fc.asyncProperty(messages, async (message) => {
    const judged = await judge(message())
    if (judged instanceof Problem) {
      outcomes.refused++
      expect(['malformed-message', 'unsupported-algorithm', 'invalid-signature']).toContain(judged.code)
    } else {
      outcomes.accepted++
      expect(judged.type).toBe('referral')
      expect(judged.body).toBeTypeOf('object')
    }
  })
  await fc.assert(property, { seed, numRuns })
  // both happen: another letter in a text is another message in due form
  expect(outcomes.refused).toBeGreaterThan(numRuns / 10)
  expect(outcomes.accepted).toBeGreaterThan(numRuns / 100)
}

test('2,000 mutations of header and payload bytes that the sender signs itself', async () => {
  const messages = fc.tuple(fc.constantFrom(0, 1, 1, 1), mutations).map(([which, changes]) => () => {
    const [header, payload] = parts()
    return which === 0 ? signAnything(mutate(header, changes), payload) : signAnything(header, mutate(payload, changes))
  })
  await judgeEach(messages, 3, 2000)
})

test('2,000 mutations of header and payload members that the sender signs itself', async () => {
  const name = fc.oneof(
    fc.constantFrom(...Object.keys(envelope), 'alg', 'iat', 'x5c', 'attachments', '__proto__'),
    fc.string(),
  )
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(envelope), '\ud800', 2 ** 53))
  const messages = fc.tuple(fc.constantFrom(0, 1, 1, 1), name, value).map(([which, name, value]) => () => {
    const [header, payload] = parts()
    const change = (part: Buffer): Buffer =>
      Buffer.from(JSON.stringify({ ...JSON.parse(part.toString()), [name]: value }))
    return which === 0 ? signAnything(change(header), payload) : signAnything(header, change(payload))
  })
  await judgeEach(messages, 4, 2000)
})

test('the malleable twin (r, n - s) of an ECDSA signature verifies, under another digest', async () => {
  // RFC 7515 allows it, so it is a good signature; its bytes differ, so the record takes it for other bytes of the same id
  const [header, payload, signature] = parts()
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const s = order - BigInt(`0x${signature.subarray(32).toString('hex')}`)
  const twin = Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
  const bytes = join([header, payload, twin])
  expect(await judge(bytes)).toEqual(await judge(valid))
  expect(parseJws(bytes, TYP).digest).not.toEqual(parseJws(valid, TYP).digest)
})
