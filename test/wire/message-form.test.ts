import { createHash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type Code, expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol section 3, rule by rule, as it is answered on the wire. */

const MOST_BYTES = 256 * 1024

let gateway: TestGateway
let rys: RawClient
let signer: Signer
/** The signing certificate and its issuer, in DER as `x5c` has them. */
let chain: string[]

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '100000' })
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  signer = await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing')
  const pem = (path: string) => readFile(join(gateway.pki.folder, path), 'utf8')
  const files = await Promise.all(['agencies/fr-rys/signing.crt', 'trust/intermediate.crt'].map(pem))
  chain = files.map((file) => new X509Certificate(file).raw.toString('base64'))
})

afterAll(async () => {
  rys[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

const makeReferral = () => makeEnvelope('referral', 'fr-rys', 'gb-ctac')
const post = (message: string | Buffer) => rys.post('/v1/messages', message)
const seconds = (): number => Math.floor(Date.now() / 1000)

/** Signs and submits; a refusal of this code, with a receipt exactly where a signature was verified. */
async function expectRefusal(forgery: Omit<Parameters<typeof forge>[0], 'signer'>, code: Code, signed: boolean) {
  const problem = expectProblem(await post(forge({ signer, ...forgery })), code)
  expect('receipt' in problem).toBe(signed)
  return problem
}

describe('a header member', () => {
  test.each(['alg', 'typ', 'cty', 'iat', 'x5t#S256'])('%s is missing', async (name) => {
    await expectRefusal({ payload: makeReferral(), header: { [name]: undefined } }, 'malformed-message', false)
  })

  test.each<[name: string, value: unknown]>([
    ['alg', 7],
    ['alg', null],
    ['typ', 'JWT'],
    ['typ', 'application/safeguarding-message+jws'],
    ['typ', 'delivery-receipt+jws'],
    ['typ', 'safeguarding-acknowledgement+jws'],
    ['cty', 'JSON'],
    ['cty', 'application/json'],
    ['iat', '1479470000'],
    ['iat', 1479470000.5],
    ['iat', 2 ** 53],
    ['iat', null],
    ['x5t#S256', 'AA'],
    ['x5t#S256', ''],
    ['x5c', null],
    ['x5c', []],
    ['x5c', 'MII'],
    ['x5c', [7]],
    ['x5c', ['']],
    ['x5c', ['MII', 'MII']],
    ['crit', ['b64']],
    ['crit', []],
    ['b64', false],
    ['b64', true],
    ['kid', '1'],
    ['jku', 'https://gateway.example/keys'],
    ['jwk', { kty: 'EC' }],
    ['x5u', 'https://gateway.example/chain'],
    ['x5t', 'AAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['ALG', 'ES256'],
    ['__proto__', {}],
  ])('%s of %j', async (name, value) => {
    const header = Object.fromEntries([[name, value]])
    await expectRefusal({ payload: makeReferral(), header }, 'malformed-message', false)
  })

  test.each(['none', 'None', 'HS256', 'RS256', 'ES512', 'ES256K', 'Ed25519', ''])('alg of %j', async (alg) => {
    await expectRefusal({ payload: makeReferral(), header: { alg } }, 'unsupported-algorithm', false)
  })

  test('alg none, and no signature', async () => {
    const [, payload] = forge({ payload: makeReferral(), signer }).split('.')
    const [header] = forge({ payload: {}, header: { alg: 'none' }, signer }).split('.')
    expectProblem(await post(`${header}.${payload}.`), 'unsupported-algorithm')
  })

  test('HS256 with the public key as its secret (RFC 8725, 2.1)', async () => {
    const [header, payload] = forge({ payload: makeReferral(), header: { alg: 'HS256' }, signer }).split('.')
    const secret = new X509Certificate(Buffer.from(chain[0] ?? '', 'base64')).publicKey
    const mac = createHash('sha256')
      .update(secret.export({ type: 'spki', format: 'pem' }))
      .digest('base64url')
    expectProblem(await post(`${header}.${payload}.${mac}`), 'unsupported-algorithm')
  })

  test('x5c is the chain, leaf first', async () => {
    const [leaf = '', issuer = ''] = chain
    for (const x5c of [[leaf], [leaf, issuer]])
      expect((await post(forge({ payload: makeReferral(), header: { x5c }, signer }))).status).toBe(202)
    const url = Buffer.from(leaf, 'base64').toString('base64url')
    for (const x5c of [[issuer, leaf], [issuer], [url], [`${leaf}\n`], [leaf, 'AAAA'], Array<string>(6).fill(leaf)])
      await expectRefusal({ payload: makeReferral(), header: { x5c } }, 'malformed-message', false)
  })

  test('x5c with something that is no certificate is malformed whoever signs', async () => {
    const stranger = await readSigner(gateway.pki.folder, 'rogue/unregistered')
    const cert = await readFile(join(gateway.pki.folder, 'rogue/unregistered.crt'), 'utf8')
    const x5c = [new X509Certificate(cert).raw.toString('base64'), 'AAAA']
    const message = forge({ payload: makeReferral(), header: { x5c }, signer: stranger })
    expectProblem(await post(message), 'malformed-message')
  })

  test('twice, also by another spelling of its name', async () => {
    const { alg, thumbprint } = signer
    const head = (more: string) =>
      `{"alg":"${alg}","typ":"safeguarding-message+jws","cty":"json","iat":${seconds()},"x5t#S256":"${thumbprint}"${more}}`
    expect((await post(forge({ payload: makeReferral(), headerText: head(''), signer }))).status).toBe(202)
    for (const more of [`,"alg":"${alg}"`, String.raw`,"\u0061lg":"ES256"`, `,"cty":"json"`])
      await expectRefusal({ payload: makeReferral(), headerText: head(more) }, 'malformed-message', false)
  })

  test.each(['[]', '"header"', 'null', '7', '', '{', '{"alg":"ES256"}{}', '\ufeff{}'])(
    'a header of %j',
    async (text) => {
      await expectRefusal({ payload: makeReferral(), headerText: text }, 'malformed-message', false)
    },
  )
})

describe('compact serialization', () => {
  const broken: readonly [string, (jws: string) => string | Buffer][] = [
    ['is empty', () => ''],
    ['is one part', (jws) => jws.split('.')[0] ?? ''],
    ['is two parts', (jws) => jws.split('.').slice(0, 2).join('.')],
    ['is five parts', (jws) => `${jws}.AA.AA`],
    ['has an empty header', (jws) => `.${jws.split('.').slice(1).join('.')}`],
    ['has an empty payload', (jws) => jws.replace(/\..*\./, '..')],
    ['has an empty signature', (jws) => jws.replace(/[^.]*$/, '')],
    ['is padded', (jws) => `${jws}=`],
    ['ends in a line feed', (jws) => `${jws}\n`],
    ['begins with a space', (jws) => ` ${jws}`],
    ['has a line feed inside', (jws) => jws.replace('.', '.\n')],
    ['is in the other base64 alphabet', (jws) => jws.replaceAll('-', '+').replaceAll('_', '/').replace('.', '.+/')],
    ['begins with a byte order mark', (jws) => `\ufeff${jws}`],
    ['is UTF-16', (jws) => Buffer.from(jws, 'utf16le')],
    ['is JSON serialization', (jws) => JSON.stringify({ payload: jws.split('.')[1], signatures: [] })],
    ['is quoted', (jws) => `"${jws}"`],
  ]
  test.each(broken)('%s', async (_, change) => {
    const answer = await post(change(forge({ payload: makeReferral(), signer })))
    const problem = expectProblem(answer, 'malformed-message')
    expect(problem).not.toHaveProperty('receipt')
  })

  test('stray bits in the last character make other bytes of the same signature: refused', async () => {
    const jws = forge({ payload: makeReferral(), signer })
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const stray = letters[letters.indexOf(jws.at(-1) ?? 'A') + 1] ?? ''
    expectProblem(await post(jws.slice(0, -1) + stray), 'malformed-message')
  })

  test('an ECDSA signature in DER (RFC 7518, 3.4) does not verify', async () => {
    const [header, payload, signature = ''] = forge({ payload: makeReferral(), signer }).split('.')
    const raw = Buffer.from(signature, 'base64url')
    const der = Buffer.concat([
      Buffer.from([0x30, 68, 2, 32]),
      raw.subarray(0, 32),
      Buffer.from([2, 32]),
      raw.subarray(32),
    ])
    expectProblem(await post(`${header}.${payload}.${der.toString('base64url')}`), 'invalid-signature')
  })
})

describe('a payload', () => {
  const text = (change: (json: string) => string) => change(JSON.stringify(makeReferral()))
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const broken: readonly [string, () => string | Buffer][] = [
    ['is an array', () => '[]'],
    ['is a string', () => '"message"'],
    ['is null', () => 'null'],
    ['is not JSON', () => '{"id":}'],
    ['has something after it', () => text((json) => `${json} {}`)],
    ['begins with a byte order mark', () => text((json) => `\ufeff${json}`)],
    ['has a member twice', () => text((json) => json.replace('{', '{"from":"fr-rys",'))],
    ['has a member twice, once escaped', () => text((json) => json.replace('{', String.raw`{"\u0066rom":"gb-ctac",`))],
    [
      'has a member of the body twice',
      () => text((json) => json.replace('"child":{', '"child":{"sex":"male","sex":"female",')),
    ],
    ['has an unpaired surrogate', () => text((json) => json.replace('"child":{', String.raw`"child":{"x":"\ud800",`))],
    ['has an unpaired surrogate in a name', () => text((json) => json.replace('{', String.raw`{"\udc00":1,`))],
    ['is not UTF-8', () => Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])],
    ['has overlong UTF-8', () => Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])],
    ['has a number beyond a double', () => text((json) => json.replace('{', '{"n":1e999,'))],
    ['has a comment', () => text((json) => `/* */${json}`)],
    ['is nested 33 deep', () => text((json) => json.replace('"child":{', `"child":{"deep":${nested(30)},`))],
    ['is nested 5,000 deep', () => text((json) => json.replace('"child":{', `"child":{"deep":${nested(5_000)},`))],
    ['has a __proto__', () => text((json) => json.replace('{', '{"__proto__":{"from":"fr-rys"},'))],
  ]
  test.each(broken)('%s', async (_, payload) => {
    await expectRefusal({ payload: payload() }, 'malformed-message', true)
  })

  test('nested 32 deep has the form, and is for the schema to judge', async () => {
    const payload = text((json) => json.replace('"child":{', `"child":{"deep":${nested(29)},`))
    await expectRefusal({ payload }, 'schema-violation', true)
  })

  test('with white space and escapes of its own is taken as it was signed', async () => {
    const { id, ...rest } = makeReferral()
    const payload = `\n{ "\\u0069d" : "${id}" , ${JSON.stringify(rest, null, 3).slice(1)}\n`
    expect((await post(forge({ payload, signer }))).status).toBe(202)
  })
})

describe('an envelope', () => {
  const required = ['id', 'type', 'schemaVersion', 'from', 'to', 'caseId', 'priority', 'body']
  test.each(required)('without %s', async (name) => {
    const payload = { ...makeReferral(), [name]: undefined }
    const { errors = [] } = await expectRefusal({ payload }, 'malformed-message', true)
    expect(errors).toEqual([
      { pointer: '', keyword: 'required', message: expect.any(String), messageFr: expect.any(String) },
    ])
  })

  const file = {
    digest: `sha-256:${'A'.repeat(43)}`,
    mediaType: 'image/png',
    size: 1,
    name: 'injury-1.png',
    description: 'Left leg',
  }
  test.each<[name: string, value: unknown]>([
    ['id', ''],
    ['id', 7],
    ['id', newId().toUpperCase()],
    ['id', `{${newId()}}`],
    ['id', `urn:uuid:${newId()}`],
    ['type', 'Referral'],
    ['type', 'police-report'],
    ['type', ['referral']],
    ['type', 'constructor'],
    ['type', '../referral'],
    ['schemaVersion', 1],
    ['schemaVersion', '1'],
    ['schemaVersion', 'latest'],
    ['from', 'FR-RYS'],
    ['from', 'rys'],
    ['to', 'de-amt'],
    ['to', ['gb-ctac']],
    ['to', `gb-${'a'.repeat(62)}`],
    ['caseId', 'case'],
    ['inReplyTo', null],
    ['inReplyTo', ''],
    ['priority', 'Immediate'],
    ['priority', 0],
    ['respondBy', '2026-02-30T00:00:00Z'],
    ['respondBy', '2026-01-01T00:00:00+01:00'],
    ['respondBy', '2026-01-01'],
    ['respondBy', '0000-01-01T00:00:00Z'],
    ['respondBy', '9999-12-31T23:59:60Z'],
    ['respondBy', 1479470000],
    ['attachments', {}],
    ['attachments', [null]],
    ['attachments', [{ ...file, digest: file.digest.replace('sha-256', 'sha-512') }]],
    ['attachments', [{ ...file, digest: `sha-256:${'A'.repeat(42)}B` }]],
    ['attachments', [{ ...file, mediaType: 'text/html' }]],
    ['attachments', [{ ...file, size: 0 }]],
    ['attachments', [{ ...file, size: 25 * 1024 * 1024 + 1 }]],
    ['attachments', [{ ...file, name: '../injury.png' }]],
    ['attachments', [{ ...file, description: undefined }]],
    ['attachments', [{ ...file, more: 1 }]],
    ['attachments', [file, file]],
    ['body', null],
    ['body', []],
    ['body', 'text'],
    ['Type', 'referral'],
    ['iat', 1],
  ])('with %s of %j', async (name, value) => {
    const payload = { ...makeReferral(), [name]: value }
    const { errors = [], detail } = await expectRefusal({ payload }, 'malformed-message', true)
    expect(errors.length).toBeGreaterThan(0)
    // An unknown member is told by its parent: its name is not repeated.
    expect(errors[0]?.pointer.startsWith(['Type', 'iat'].includes(name) ? '' : `/${name}`)).toBe(true)
    if (typeof value === 'string' && value.length > 8) expect(JSON.stringify([errors, detail])).not.toContain(value)
  })

  test('tells every fault and not only the first', async () => {
    const payload = { ...makeReferral(), id: 'x', priority: 'soon', caseId: undefined, more: true }
    const { errors = [] } = await expectRefusal({ payload }, 'malformed-message', true)
    expect(errors.map(({ pointer, keyword }) => `${pointer} ${keyword}`).toSorted()).toEqual(
      [' additionalProperties', ' required', '/id pattern', '/priority enum'].toSorted(),
    )
  })
})

describe('the largest message', () => {
  /** A good message of exactly this size: white space in the payload is the sender's own affair. */
  const makeMessage = (bytes: number): string => {
    const json = JSON.stringify(makeReferral())
    for (let padding = 0; ; ) {
      const message = forge({ payload: `${json}${' '.repeat(padding)}`, signer })
      if (message.length >= bytes) return message
      padding += Math.max(1, Math.floor(((bytes - message.length) * 3) / 4))
    }
  }

  test('has 262,144 bytes: one more and the sender still gets to read that it was too large', async () => {
    const largest = makeMessage(MOST_BYTES)
    expect(largest.length).toBe(MOST_BYTES)
    expect((await post(largest)).status).toBe(202)
    const larger = `${makeMessage(MOST_BYTES - 1)}AAA`.slice(0, MOST_BYTES + 1)
    expect(expectProblem(await post(larger), 'message-too-large')).not.toHaveProperty('receipt')
  })

  test.each([300_000, 1024 * 1024, 8 * 1024 * 1024])('%i bytes: the sender gets to read the answer', async (size) => {
    expectProblem(await post(Buffer.alloc(size, 'A')), 'message-too-large')
  })
})
