import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { CompactSign, compactVerify } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Certificate } from '../../gateway/identity/certificate.ts'
import { type Algorithm, type Jws, parseJws } from '../../gateway/protocol/jws.ts'
import {
  checkSignature,
  fits,
  makeSignature,
  type Signer,
  signJws,
  verifyingJob,
  verifySignature,
} from '../../gateway/protocol/signature.ts'
import { algorithms, makeSigner } from '../support/signers.ts'

const TYP = 'delivery-receipt+jws'
const now = new Date('2016-10-17T10:00:00.900Z')
const parse = (text: string): Jws => parseJws(Buffer.from(text), TYP)

let signers: Readonly<Record<Algorithm, Signer<Certificate>>>
beforeAll(async () => {
  const [ES256, ES384, PS256, EdDSA] = await Promise.all([
    makeSigner('ES256'),
    makeSigner('ES384'),
    makeSigner('PS256'),
    makeSigner('EdDSA'),
  ])
  signers = { ES256, ES384, PS256, EdDSA }
})

describe.each(algorithms)('%s', (alg) => {
  test('what is signed verifies, and has the header of section 3 without x5c', async () => {
    const signer = signers[alg]
    const jws = parse(await signJws(TYP, { a: 'é' }, signer, now))
    expect(jws.header).toEqual({
      alg,
      typ: TYP,
      cty: 'json',
      iat: 1_476_698_400,
      thumbprint: signer.certificate.thumbprint,
      chain: [],
    })
    expect(jws.payload.toString()).toBe('{"a":"é"}')
    expect(await verifySignature(jws, signer.certificate)).toBe(true)
  })

  test('jose verifies what is signed here, and what jose signs verifies here', async () => {
    const { key, certificate } = signers[alg]
    const ours = await signJws(TYP, { a: 1 }, signers[alg], now)
    expect((await compactVerify(ours, certificate.publicKey)).protectedHeader.alg).toBe(alg)
    const theirs = await new CompactSign(Buffer.from('{}'))
      .setProtectedHeader({ alg, typ: TYP, cty: 'json', iat: 1, 'x5t#S256': certificate.thumbprint })
      .sign(key)
    expect(await verifySignature(parse(theirs), certificate)).toBe(true)
  })

  test('so it is with the two functions that run wherever a signature is made or checked', async () => {
    const { key, certificate } = signers[alg]
    const header = { alg, typ: TYP, cty: 'json', iat: 1, 'x5t#S256': certificate.thumbprint }
    const input = [header, { a: 'é' }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const made = makeSignature({ alg, key, input: Buffer.from(input) }).toString('base64url')
    const { payload } = await compactVerify(`${input}.${made}`, certificate.publicKey)
    expect(Buffer.from(payload).toString()).toBe('{"a":"é"}')
    const theirs = parse(await new CompactSign(Buffer.from('{}')).setProtectedHeader(header).sign(key))
    const job = verifyingJob(theirs, certificate) ?? expect.fail('no signature of this length')
    expect(checkSignature(job)).toBe(true)
    for (const change of [{ input: Buffer.from(input) }, { signature: Buffer.from(made, 'base64url') }])
      expect(checkSignature({ ...job, ...change })).toBe(false)
  })

  test('whatever the bytes, jose and checkSignature are of one mind', async () => {
    const { certificate } = signers[alg]
    const jws = parse(await signJws(TYP, { a: 1 }, signers[alg], now))
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean(), async (place, mask, inSignature) => {
        const [input, signature] = [Buffer.from(jws.signingInput), Buffer.from(jws.signature)]
        const changed = inSignature ? signature : input
        // the header stays: jose reads it, and the gateway has read it by then
        const from = inSignature ? 0 : input.indexOf('.') + 1
        const at = from + (place % (changed.length - from))
        changed.writeUInt8(changed.readUInt8(at) ^ mask, at)
        const job = verifyingJob({ ...jws, signingInput: input, signature }, certificate)
        const text = `${input.toString('latin1')}.${signature.toString('base64url')}`
        const theirs = await compactVerify(text, certificate.publicKey).then(
          () => true,
          () => false,
        )
        expect(job !== undefined && checkSignature(job)).toBe(mask === 0)
        if (/^[\w.-]+$/.test(text)) expect(theirs).toBe(mask === 0)
      }),
      { seed: 1, numRuns: 60 },
    )
  })

  test('no bit of header, payload or signature may change', async () => {
    const { certificate } = signers[alg]
    const jws = parse(await signJws(TYP, { a: 1 }, signers[alg], now))
    for (const part of ['signingInput', 'signature'] as const) {
      for (let at = 0; at < jws[part].length; at += 7) {
        const changed = Buffer.from(jws[part])
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
        expect(await verifySignature({ ...jws, [part]: changed }, certificate)).toBe(false)
      }
    }
  })

  test('a signature of another length, or of all zeros or ones, does not verify and does not throw', async () => {
    const { certificate } = signers[alg]
    const jws = parse(await signJws(TYP, {}, signers[alg], now))
    const { length } = jws.signature
    for (const signature of [
      Buffer.alloc(0),
      jws.signature.subarray(1),
      Buffer.concat([jws.signature, Buffer.of(0)]),
      Buffer.concat([Buffer.of(0), jws.signature]),
      Buffer.alloc(length),
      Buffer.alloc(length, 0xff),
      Buffer.alloc(100_000, 1),
    ]) {
      expect(await verifySignature({ ...jws, signature }, certificate)).toBe(false)
    }
  })

  test('fits its own kind of key and no other', async () => {
    const jws = parse(await signJws(TYP, {}, signers[alg], now))
    for (const other of algorithms) {
      const { certificate } = signers[other]
      expect(fits(alg, certificate)).toBe(alg === other)
      if (alg !== other) expect(await verifySignature(jws, certificate)).toBe(false)
    }
  })

  test('another key of the same kind does not verify it', async () => {
    const other = await makeSigner(alg)
    expect(await verifySignature(parse(await signJws(TYP, {}, signers[alg], now)), other.certificate)).toBe(false)
  })
})

test('an ECDSA signature in DER is refused: RFC 7518, 3.4 wants r and s raw', async () => {
  const { key, certificate } = signers.ES256
  const jws = parse(await signJws(TYP, {}, signers.ES256, now))
  const signature = sign('sha256', jws.signingInput, { key, dsaEncoding: 'der' })
  expect(await verifySignature({ ...jws, signature }, certificate)).toBe(false)
})

test('a PS256 signature whose salt is not 32 bytes is refused (RFC 7518, 3.5)', async () => {
  const { key, certificate } = signers.PS256
  const jws = parse(await signJws(TYP, {}, signers.PS256, now))
  const resign = (saltLength: number): Jws => ({
    ...jws,
    signature: sign('sha256', jws.signingInput, { key, padding: 6, saltLength }),
  })
  expect(await verifySignature(resign(32), certificate)).toBe(true)
  for (const saltLength of [0, 20, 31, 33, 64])
    expect(await verifySignature(resign(saltLength), certificate)).toBe(false)
})

test('a key that cannot sign so is a rejection, not a signature', async () => {
  const { privateKey } = generateKeyPairSync('x25519')
  await expect(signJws(TYP, {}, { ...signers.EdDSA, key: privateKey }, now)).rejects.toThrow()
})

test('PS256: a signature whose leading zero was cut off does not verify, though OpenSSL takes it', async () => {
  const { certificate } = signers.PS256
  const zeroFirst = async (): Promise<Jws> => {
    const jws = parse(await signJws(TYP, {}, signers.PS256, now))
    return jws.signature[0] === 0 ? jws : await zeroFirst()
  }
  const jws = await zeroFirst()
  const cut = { ...jws, signature: jws.signature.subarray(1) }
  const job = { alg: 'PS256' as const, key: certificate.publicKey, input: jws.signingInput }
  expect(checkSignature({ ...job, signature: cut.signature })).toBe(true)
  expect(await verifySignature(cut, certificate)).toBe(false)
  expect(await verifySignature(jws, certificate)).toBe(true)
})
