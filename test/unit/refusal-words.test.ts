import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Text } from '../../gateway/base/text.ts'
import type { Catalogue } from '../../gateway/protocol/catalogue.ts'
import { parseJws } from '../../gateway/protocol/jws.ts'
import type { Problem } from '../../gateway/protocol/problems.ts'
import {
  malformedPayload,
  schemaViolation,
  stale,
  tooLarge,
  unsupportedVersion,
} from '../../gateway/protocol/refusal-words.ts'
import { invalidSignature, unfitAlgorithm, verifySignature } from '../../gateway/protocol/signature.ts'
import { refusalOf } from '../support/refusals.ts'

/** The detail of a refusal says what is wrong in this request, and what to do: here each is done, and the message is right. */
const TYP = 'safeguarding-message+jws'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const thumbprint = createHash('sha256').update('a certificate').digest('base64url')
const header = { alg: 'ES256', typ: TYP, cty: 'json', iat: 1_476_700_000, 'x5t#S256': thumbprint }

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
function write(
  change: object = {},
  key: KeyObject = privateKey,
  dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363',
): string {
  const input = `${encode({ ...header, ...change })}.${encode({})}`
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding }).toString('base64url')}`
}
const parse = (text: string) => parseJws(Buffer.from(text), TYP)
const detailOf = (text: string): Text => refusalOf(() => parse(text)).detail
const [head = '', body = '', tail = ''] = write().split('.')

describe('of a JWS that has not its form', () => {
  test.each<readonly [what: string, text: string, en: RegExp, fr: RegExp]>([
    ['nothing', '', /^The body is empty/, /^Le corps est vide/],
    [
      'JSON',
      JSON.stringify({ payload: body }),
      /is JSON\. A message is a JWS in compact/,
      /est du JSON\. Un message est un JWS/,
    ],
    ['one part', head, /has 0 dots\..+two dots/, /comporte 0 points\./],
    ['four parts', `${head}.${body}.${tail}.${tail}`, /has 3 dots/, /comporte 3 points/],
    ['no payload', `${head}..${tail}`, /^The payload is empty/, /la charge utile est vide/],
    ['no signature', `${head}.${body}.`, /^The signature is empty/, /la signature est vide/],
    [
      'a line break',
      `${head}.${body}.${tail}\n`,
      /^The signature is not .+white space or a line break/,
      /la signature .+saut de ligne/,
    ],
    [
      'padding',
      `${head}.${body}=.${tail}`,
      /^The payload is not .+padding \(=\)/,
      /la charge utile .+remplissage \(=\)/,
    ],
    [
      'the other alphabet',
      `${head}.${body}.++//`,
      /alphabet of base64, with \+ and \/ for - and _/,
      /\+ et \/ pour - et _/,
    ],
    ['what is cut short', `${head}.${body}.AAAAA`, /cut short/, /tronquée/],
    ['stray bits', `${head}.${body}.AB`, /unused bits/, /bits inutilisés/],
  ])('%s', (_, text, en, fr) => {
    const detail = detailOf(text)
    expect(detail.en).toMatch(en)
    expect(detail.fr).toMatch(fr)
  })
})

describe('of a header', () => {
  /** What is wrong, what the detail says, and the mending that it names, done with what it gives. */
  test.each<readonly [what: string, change: object, en: RegExp, mended: (given: string) => object]>([
    ['with a kid', { kid: '1' }, /has kid; it may have (alg, .+), and/, () => ({ kid: undefined })],
    [
      'with a crit and a jwk',
      { crit: [], jwk: {} },
      /has crit, jwk; it may/,
      () => ({ crit: undefined, jwk: undefined }),
    ],
    ['with a name of somebody', { Amina: 1 }, /has a member; it may/, () => ({ Amina: undefined })],
    ['of another typ', { typ: 'JWT' }, /typ is not (.+)\.$/, (typ) => ({ typ })],
    ['without a typ', { typ: undefined }, /typ is missing: it must be (.+)\.$/, (typ) => ({ typ })],
    ['of another cty', { cty: 'application/json' }, /cty is not (json)\.$/, (cty) => ({ cty })],
    [
      'with the time as a text',
      { iat: '1476700000' },
      /iat is not a number: it must be seconds since 1970/,
      () => ({ iat: 1_476_700_000 }),
    ],
    ['with a fraction of a second', { iat: 1.5 }, /iat is not an integer below 2\^53/, () => ({ iat: 1 })],
    [
      'with a hexadecimal digest',
      { 'x5t#S256': 'ab'.repeat(32) },
      /has 64 characters, as hexadecimal has.+ (43) characters/,
      () => ({ 'x5t#S256': thumbprint }),
    ],
    [
      'with a padded digest',
      { 'x5t#S256': `${thumbprint}=` },
      /has 44 characters, padding perhaps/,
      () => ({ 'x5t#S256': thumbprint }),
    ],
    [
      'with a SHA-1',
      { 'x5t#S256': 'a'.repeat(27) },
      /has 27 characters, as of a SHA-1/,
      () => ({ 'x5t#S256': thumbprint }),
    ],
    [
      'without a digest',
      { 'x5t#S256': undefined },
      /x5t#S256 is missing: it must be the SHA-256 of the certificate’s DER/,
      () => ({ 'x5t#S256': thumbprint }),
    ],
    ['of another alg', { alg: 'RS256' }, /is not (ES256), ES384/, (alg) => ({ alg })],
  ])('%s', (_, change, en, mended) => {
    const detail = detailOf(write(change))
    const said = en.exec(detail.en) ?? expect.fail(detail.en)
    expect(detail.fr).not.toBe(detail.en)
    expect(JSON.stringify(detail)).not.toContain('Amina')
    expect(parse(write({ ...change, ...mended(said[1] ?? '') })).header.alg).toBe('ES256')
  })
})

describe('of a signature', () => {
  const certificate = { kind: 'P-256', publicKey } as const

  test('in DER: both lengths, and what it must be; raw it verifies', async () => {
    const der = parse(write({}, privateKey, 'der'))
    expect(await verifySignature(der, certificate)).toBe(false)
    const { code, detail } = invalidSignature(der, certificate)
    expect(code).toBe('invalid-signature')
    expect(detail.en).toBe(
      `The signature has ${der.signature.length} octets, and one by ES256 with this key 64: raw r‖s (RFC 7518, 3.4), not DER.`,
    )
    expect(detail.fr).toContain(`${der.signature.length} octets, et non les 64 d’une signature ES256`)
    expect(await verifySignature(parse(write()), certificate)).toBe(true)
  })

  test('of its length that does not verify: no word of lengths', () => {
    expect(invalidSignature(parse(write()), certificate).detail.en).toMatch(/^The signature does not verify/)
  })

  test('by an algorithm that the key has not: which one it has', () => {
    expect(unfitAlgorithm({ kind: 'P-384', publicKey }).detail.en).toMatch(/which is P-384: sign with ES384\.$/)
    expect(unfitAlgorithm({ kind: 'Ed25519', publicKey }).detail.fr).toMatch(
      /qui est Ed25519\u00a0: signez avec EdDSA\.$/,
    )
    expect(unfitAlgorithm({ kind: 'other', publicKey }).detail.en).toMatch(/no `alg` fits it\.$/)
  })
})

test('of what is stale: by how much and which way, or that it is in milliseconds', () => {
  const now = new Date('2016-10-17T10:00:00Z')
  const at = (iat: number): Problem => stale({ header: { ...parse(write()).header, iat } }, now)
  const seconds = now.getTime() / 1000
  expect(at(seconds - 301).detail.en).toMatch(/^`iat` is 301 s behind the gateway’s clock, and may be 300 s/)
  expect(at(seconds + 3600).detail.fr).toMatch(/^`iat` est de 3600 s en avance/)
  expect(at(now.getTime()).detail.en).toMatch(/milliseconds/)
})

test('of what is too large: the limit', () => {
  expect(tooLarge(262_144).detail).toEqual({
    en: 'The body has more than the 262144 bytes that are taken here.',
    fr: 'Le corps dépasse les 262144 octets admis ici.',
  })
})

test('of a release: those that there are, and whether it was one', () => {
  const catalogue = {
    releases: ['1.0', '1.1', '1.2'].map((version) => ({ version })),
    isRelease: (version: string) => version !== '1.0',
  } as unknown as Catalogue
  expect(unsupportedVersion(catalogue, '1.0', new Date(0)).detail.en).toBe(
    '`schemaVersion` names a release whose sunset is past; there are: 1.1, 1.2.',
  )
  expect(unsupportedVersion(catalogue, '9.9', new Date(0)).detail.fr).toMatch(
    /aucune version publiée\u202f; il y a\u00a0: 1\.1, 1\.2\.$/,
  )
})

test('of many faults: the first, and how many more', () => {
  const fault = (pointer: string, message: string) => ({ pointer, keyword: 'x', message, messageFr: `${message} (fr)` })
  const faults = [fault('/body/a', 'must be b'), fault('/body/c', 'must be d')]
  expect(schemaViolation(faults).detail.en).toBe('The body breaks its schema: /body/a must be b (1 more in `errors`).')
  expect(malformedPayload([fault('', 'must have the member id')]).detail.en).toBe(
    'The payload has not its form: it must have the member id.',
  )
  expect(schemaViolation([fault('/body', 'x'.repeat(500))]).detail.en.length).toBeLessThan(230)
  expect(schemaViolation([]).detail.fr).toBe('Le corps n’est pas conforme à son schéma.')
})
