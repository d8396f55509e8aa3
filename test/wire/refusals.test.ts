import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Directory, digestOf, type Signer, verifyReceipt, type WellKnown } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import { problems } from '../../gateway/protocol/problems.ts'
import { makeEnvelope, openAgency } from '../support/agency.ts'
import { forge, payloadOf, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type Code, expectProblem } from '../support/problem.ts'
import { openRawAs, type RawAnswer, type RawClient } from '../support/raw.ts'

const MOST_BYTES = 256 * 1024

let gateway: TestGateway
let rys: RawClient
let ctac: RawClient
let signers: Record<'rys' | 'ctac' | 'unknown' | 'expired' | 'revoked', Signer>
let wellKnown: WellKnown
let directory: Directory
let usedId: string

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '100000' })
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  const signer = (path: string) => readSigner(gateway.pki.folder, path)
  signers = {
    rys: await signer('agencies/fr-rys/signing'),
    ctac: await signer('agencies/gb-ctac/signing'),
    // Expired as well, and pinned to nobody: that it is unknown comes first.
    unknown: await signer('rogue/expired'),
    expired: await signer('rogue/expired-signing'),
    revoked: await signer('rogue/revoked-signing'),
  }
  await using agency = await openAgency(gateway, 'fr-rys')
  wellKnown = await agency.client.wellKnown()
  directory = await agency.client.directory()
  const used = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  usedId = used.id
  expect((await rys.post('/v1/messages', forge({ payload: used, signer: signers.rys }))).status).toBe(202)
})

afterAll(async () => {
  rys[Symbol.dispose]()
  ctac[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

/** A submission that is to be broken in one place or several; each rule has a place of its own. */
type Draft = {
  contentType: string
  padding: number
  moreParts: string
  header: { [name: string]: unknown }
  envelope: { [name: string]: unknown }
  body: { [name: string]: unknown }
  signer: Signer
  broken: boolean
}

const makeDraft = (): Draft => {
  const { body, ...envelope } = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  return {
    contentType: 'application/jose',
    padding: 0,
    moreParts: '',
    header: {},
    envelope,
    body: { ...body },
    signer: signers.rys,
    broken: false,
  }
}

const write = ({ padding, moreParts, header, envelope, body, signer, broken }: Draft): string => {
  const jws = forge({ header, payload: { ...envelope, body }, signer })
  const [protectedHeader, payload, signature = ''] = jws.split('.')
  const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
  return `${protectedHeader}.${payload}.${broken ? flipped : signature}${moreParts}${'A'.repeat(padding)}`
}

const submit = (draft: Draft, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  rys.post('/v1/messages', write(draft), { 'content-type': draft.contentType, ...headers })

const seconds = (): number => Math.floor(Date.now() / 1000)

/** The checks of section 4 in its order, each with a way to fail it alone; rate has a file of its own. */
type Check = { readonly check: string; readonly code: Code; readonly fail: (draft: Draft) => unknown }
const checks: readonly Check[] = [
  { check: 'media type', code: 'unsupported-media-type', fail: (draft) => (draft.contentType = 'application/json') },
  { check: 'size', code: 'message-too-large', fail: (draft) => (draft.padding = MOST_BYTES) },
  { check: 'JWS form', code: 'malformed-message', fail: (draft) => (draft.moreParts = '.AA') },
  { check: 'header', code: 'unsupported-algorithm', fail: ({ header }) => (header['alg'] = 'HS256') },
  { check: 'signer known', code: 'unknown-signer', fail: (draft) => (draft.signer = signers.unknown) },
  { check: 'certificate good', code: 'certificate-not-valid', fail: (draft) => (draft.signer = signers.expired) },
  { check: 'signature', code: 'invalid-signature', fail: (draft) => (draft.broken = true) },
  { check: 'freshness', code: 'stale-message', fail: ({ header }) => (header['iat'] = seconds() - 310) },
  { check: 'envelope form', code: 'malformed-message', fail: ({ envelope }) => (envelope['more'] = true) },
  { check: 'one agency', code: 'signer-mismatch', fail: ({ envelope }) => (envelope['from'] = 'gb-ctac') },
  { check: 'recipient', code: 'unknown-recipient', fail: ({ envelope }) => (envelope['to'] = 'gb-la-e10000023') },
  { check: 'permission', code: 'not-permitted', fail: ({ envelope }) => (envelope['type'] = 'family-link') },
  { check: 'release', code: 'unsupported-schema-version', fail: ({ envelope }) => (envelope['schemaVersion'] = '0.9') },
  { check: 'schema', code: 'schema-violation', fail: ({ body }) => (body['concernz'] = []) },
  { check: 'pathway', code: 'pathway-violation', fail: ({ envelope }) => (envelope['inReplyTo'] = usedId) },
  {
    check: 'attachments',
    code: 'attachment-missing',
    fail: ({ envelope }) => (envelope['attachments'] = [attachment]),
  },
  { check: 'other bytes', code: 'id-conflict', fail: ({ envelope }) => (envelope['id'] = usedId) },
]

const attachment = {
  digest: digestOf('nobody has put this'),
  mediaType: 'image/jpeg',
  size: 19,
  name: 'injury-1.jpg',
  description: 'Left leg',
}

const place = (check: string): number => checks.findIndex((each) => each.check === check)
const hasReceipt = (check: string): boolean => place(check) > place('signature')
const saysWhose = (check: string): boolean => place(check) > place('one agency')

describe.each(checks)('$check', ({ check, code, fail }) => {
  test(`fails alone: ${code}, in English and in French, with a receipt exactly once a signature was verified`, async () => {
    const draft = makeDraft()
    fail(draft)
    const english = await submit(draft)
    const problem = expectProblem(english, code)
    expect(problem.title).toBe(problems[code].title.en)
    expect(english.headers['content-language']).toBe('en')

    const answer = await submit(draft, { 'accept-language': 'fr-FR, fr;q=0.9, en;q=0.5' })
    const french = expectProblem(answer, code)
    expect(french.title).toBe(problems[code].title.fr)
    expect(french.detail).not.toBe(problem.detail)
    expect(answer.headers['content-language']).toBe('fr')

    if (!hasReceipt(check)) {
      expect(problem).not.toHaveProperty('receipt')
      return
    }
    const message = write(draft)
    const { receipt = '' } = expectProblem(await rys.post('/v1/messages', message), code)
    const payload = await verifyReceipt(receipt, wellKnown, directory, { event: 'SubmissionRejection', message })
    const { id, caseId, type, from, to } = draft.envelope
    const whose = { messageId: id, caseId, type, from, to }
    expect(payload).toEqual({
      receiptId: expect.any(String),
      event: 'SubmissionRejection',
      ...(saysWhose(check) && whose),
      messageDigest: digestOf(message),
      at: expect.stringMatching(/Z$/),
      gateway: wellKnown.id,
      attempt: 0,
      reason: { code },
      submittedBy: 'fr-rys',
    })
  })

  test('comes before all that follow, failing together', async () => {
    const draft = makeDraft()
    for (const later of checks.slice(place(check)).toReversed()) later.fail(draft)
    expectProblem(await submit(draft), code)
  })
})

const pairs = checks.slice(1).map((later, at) => ({ ...(checks[at] ?? later), later }))

test.each(pairs)('$check comes before $later.check', async ({ check, code, fail, later }) => {
  const draft = makeDraft()
  later.fail(draft)
  fail(draft)
  const problem = expectProblem(await submit(draft), code)
  expect('receipt' in problem).toBe(hasReceipt(check))
  // Both are malformed-message: only a fault of the envelope is pointed at.
  if (code === 'malformed-message') expect(problem.errors !== undefined).toBe(check === 'envelope form')
})

test('nothing broken: accepted', async () => {
  expect((await submit(makeDraft())).status).toBe(202)
})

describe('a refused message', () => {
  test('does not use up its id, is nowhere, and its rejection is in the feed of whoever submitted it, and in nobody else’s', async () => {
    const draft = makeDraft()
    const { id, caseId } = draft.envelope
    draft.body['concernz'] = []
    const { receipt } = expectProblem(await submit(draft), 'schema-violation')
    expectProblem(await rys.get(`/v1/messages/${String(id)}`), 'not-found')
    expectProblem(await rys.get(`/v1/messages/${String(id)}/receipts`), 'not-found')
    expectProblem(await rys.get(`/v1/cases/${String(caseId)}`), 'not-found')
    expectProblem(await ctac.get(`/v1/inbox/fr-rys/${String(id)}`), 'not-found')
    expect(await feedOf(rys)).toContain(receipt)
    expect(await feedOf(ctac)).not.toContain(receipt)
    delete draft.body['concernz']
    expect((await submit(draft)).status).toBe(202)
  })

  test('of somebody else, passed on, is a rejection of whoever passed it on, without a word of whose it is', async () => {
    const stolen = makeDraft()
    const message = write(stolen)
    const { receipt = '' } = expectProblem(await ctac.post('/v1/messages', message), 'signer-mismatch')
    expect(Object.keys(payloadOf(receipt)).toSorted()).toEqual(
      ['at', 'attempt', 'event', 'gateway', 'messageDigest', 'reason', 'receiptId', 'submittedBy'].toSorted(),
    )
    expect(payloadOf(receipt)).toMatchObject({ submittedBy: 'gb-ctac', reason: { code: 'signer-mismatch' } })
    expect(await feedOf(ctac)).toContain(receipt)
    expect(await feedOf(rys)).not.toContain(receipt)
    expect((await rys.post('/v1/messages', message)).status).toBe(202)
  })

  test('signed by another than the connection’s, in the connection’s name', async () => {
    const draft = makeDraft()
    draft.signer = signers.ctac
    expectProblem(await submit(draft), 'signer-mismatch')
  })
})

describe('certificates of the signature', () => {
  test.each(['expired', 'revoked'] as const)('%s', async (which) => {
    const draft = makeDraft()
    draft.signer = signers[which]
    const english = expectProblem(await submit(draft), 'certificate-not-valid')
    expect(english.detail).toContain(which)
  })

  test.each(['agencies/fr-rys/tls', 'operators/duty/tls', 'gateway/signing', 'rogue/unregistered'])(
    '%s signs no message',
    async (path) => {
      const draft = makeDraft()
      draft.signer = await readSigner(gateway.pki.folder, path)
      expectProblem(await submit(draft), 'unknown-signer')
    },
  )

  test('an algorithm that does not fit the key', async () => {
    for (const alg of ['ES384', 'PS256', 'EdDSA']) {
      const draft = makeDraft()
      draft.header['alg'] = alg
      expectProblem(await submit(draft), 'unsupported-algorithm')
    }
  })

  test('a suspended agency’s signing certificate, over another’s connection', async () => {
    const nord = await readSigner(gateway.pki.folder, 'agencies/fr-dep-59/signing')
    const setStatus = (status: string) =>
      gateway.changeRegistry(({ agencies }) =>
        agencies.forEach((each) => each.id === 'fr-dep-59' && (each.status = status)),
      )
    await setStatus('suspended')
    const draft = makeDraft()
    draft.signer = nord
    expectProblem(await submit(draft), 'unknown-signer')
    const toNord = makeDraft()
    Object.assign(toNord.envelope, { type: 'safeguarding-information', to: 'fr-dep-59' })
    expectProblem(await submit(toNord), 'unknown-recipient')
    await setStatus('active')
  })
})

describe('what a signature is within 300 s of the gateway’s clock', () => {
  test.each([-290, 290])('%i s: accepted', async (offset) => {
    const draft = makeDraft()
    draft.header['iat'] = seconds() + offset
    expect((await submit(draft)).status).toBe(202)
  })

  test.each([-302, 310, -(2 ** 40)])('%i s: stale', async (offset) => {
    const draft = makeDraft()
    draft.header['iat'] = seconds() + offset
    expectProblem(await submit(draft), 'stale-message')
  })
})

test('every fault of a body is told, each in both languages, and none quotes what somebody wrote', async () => {
  const draft = makeDraft()
  Object.assign(draft.body, {
    concernz: 'Marqueur-Personnel',
    child: { names: [{ full: '   ' }], sex: 'Marqueur-Personnel' },
  })
  const { errors = [], ...problem } = expectProblem(await submit(draft), 'schema-violation')
  expect(errors.map(({ pointer }) => pointer)).toEqual(
    expect.arrayContaining(['/body', '/body/child/names/0/full', '/body/child/sex']),
  )
  for (const { message, messageFr } of errors) expect(message).not.toBe(messageFr)
  expect(JSON.stringify([errors, problem])).not.toContain('Marqueur')
  expect(gateway.process.stderr()).not.toContain('Marqueur')
})

test('a place in an outcome is refused, and so is a name of spaces (domain.md section 4)', async () => {
  const outcome = makeEnvelope('outcome', 'gb-ctac', 'fr-rys', { inReplyTo: newId() })
  const placed = { ...outcome, body: { ...outcome.body, location: { country: 'GBR' } } }
  const answer = await ctac.post('/v1/messages', forge({ payload: placed, signer: signers.ctac }))
  expectProblem(answer, 'schema-violation')
  const draft = makeDraft()
  draft.body['child'] = { names: [{ full: '   ' }] }
  expectProblem(await submit(draft), 'schema-violation')
})

/** The receipts of the feed, to its end. */
async function feedOf(client: RawClient): Promise<readonly string[]> {
  const found: string[] = []
  for (let after = ''; ; ) {
    const answer = await client.get(`/v1/receipts?after=${after}`)
    const { receipts, next } = answer.read<{ receipts: { receipt: string }[]; next: string }>()
    if (receipts.length === 0) return found
    found.push(...receipts.map(({ receipt }) => receipt))
    after = next
  }
}
