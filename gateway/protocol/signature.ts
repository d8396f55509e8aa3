import {
  constants,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto'
import type { Text } from '../base/base.ts'
import type { Algorithm, Jws, MediaType } from './jws.ts'
import { Problem } from './problems.ts'

/**
 * RFC 7518 and RFC 8037 over node:crypto, with keys that are parsed once and kept. `makeSignature` and `checkSignature` are all
 * that ever makes or checks a signature: in the thread of the gateway's own, or here. The tests hold those two against jose;
 * why the gateway does not verify by jose itself stands in docs/decisions.md, 4.
 */

/** What a public key can sign with; `other` fits no algorithm of section 3. */
export type KeyKind = 'P-256' | 'P-384' | 'RSA' | 'Ed25519' | 'other'

/** The public key of a certificate. */
type PublicKey = { readonly kind: KeyKind; readonly publicKey: KeyObject }

/** A key, and the certificate that names it. */
export type Signer<Named = { readonly thumbprint: string }> = {
  readonly alg: Algorithm
  readonly key: KeyObject
  readonly certificate: Named
}

type Scheme = {
  readonly kind: KeyKind
  /** `null` where the scheme hashes by itself. */
  readonly hash: 'sha256' | 'sha384' | null
  readonly options: Omit<VerifyKeyObjectInput & SignKeyObjectInput, 'key'>
  /**
   * How long a signature is: RFC 7518, 3.4 wants r and s raw, each as long as the curve, and RFC 8017, 8.1.2 as many octets as the
   * modulus has. OpenSSL also takes an RSA signature whose leading zeros were cut off: other bytes, and yet the same signature.
   */
  readonly length: number | 'modulus'
}

const schemes: Readonly<Record<Algorithm, Scheme>> = {
  ES256: { kind: 'P-256', hash: 'sha256', options: { dsaEncoding: 'ieee-p1363' }, length: 64 },
  ES384: { kind: 'P-384', hash: 'sha384', options: { dsaEncoding: 'ieee-p1363' }, length: 96 },
  // RFC 7518, 3.5: the salt is as long as the hash, and no other length verifies
  PS256: {
    kind: 'RSA',
    hash: 'sha256',
    options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    length: 'modulus',
  },
  EdDSA: { kind: 'Ed25519', hash: null, options: {}, length: 64 },
}

/** Whether an algorithm is the one for a certificate's key (section 3). Whether the key is strong is another question. */
export function fits(alg: Algorithm, certificate: PublicKey): boolean {
  return schemes[alg].kind === certificate.kind
}

/** What one signature takes: an algorithm, a key, the bytes; nothing of it belongs to a message. */
export type SigningJob = { readonly alg: Algorithm; readonly key: KeyObject; readonly input: Uint8Array }
export type VerifyingJob = SigningJob & { readonly signature: Uint8Array }

/** Where signatures are made and checked: in a thread of the gateway's own (`gateway/exchange/checking`), or here. */
export type SignatureWork = {
  sign(job: SigningJob): Promise<Uint8Array>
  verify(job: VerifyingJob): Promise<boolean>
}

/** Makes a signature, here and now. Throws where the key cannot sign. */
export function makeSignature({ alg, key, input }: SigningJob): Buffer {
  const { hash, options } = schemes[alg]
  return sign(hash, input, { key, ...options })
}

/** Checks a signature, here and now. Whatever is wrong with it is `false`, never a throw. */
export function checkSignature({ alg, key, input, signature }: VerifyingJob): boolean {
  const { hash, options } = schemes[alg]
  try {
    return verify(hash, input, { key, ...options }, signature)
  } catch {
    // OpenSSL reports some signatures that cannot be (an r of zero, an s above the modulus) as errors
    return false
  }
}

/** Here and now, in the thread that asks. */
const here: SignatureWork = {
  sign: async (job) => makeSignature(job),
  verify: async (job) => checkSignature(job),
}

/** What it takes to verify a JWS by the key of a certificate; undefined where it cannot verify, whatever its bytes. */
export function verifyingJob(jws: Jws, { kind, publicKey: key }: PublicKey): VerifyingJob | undefined {
  const { header, signingInput: input, signature } = jws
  if (kind !== schemes[header.alg].kind) return undefined
  return signature.length === lengthOf(header.alg, key) ? { alg: header.alg, key, input, signature } : undefined
}

/** How many octets a signature by this key has. */
function lengthOf(alg: Algorithm, key: KeyObject): number {
  const { length } = schemes[alg]
  return length === 'modulus' ? Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8) : length
}

/** Where it says what a signature's octets are. */
const LENGTH_SAID: Readonly<Record<Algorithm, Text>> = {
  ES256: { en: 'raw r‖s (RFC 7518, 3.4), not DER', fr: 'r‖s bruts (RFC 7518, 3.4), et non du DER' },
  ES384: { en: 'raw r‖s (RFC 7518, 3.4), not DER', fr: 'r‖s bruts (RFC 7518, 3.4), et non du DER' },
  PS256: {
    en: 'as many as the key’s modulus (RFC 8017, 8.1.2)',
    fr: 'autant que le module de la clé (RFC 8017, 8.1.2)',
  },
  EdDSA: { en: 'R and S of Ed25519 (RFC 8032, 5.1.6)', fr: 'R et S d’Ed25519 (RFC 8032, 5.1.6)' },
}

/** The refusal of a signature that does not verify: where it has not the length of one, both lengths, and what it must be. */
export function invalidSignature(jws: Jws, { publicKey }: PublicKey): Problem {
  const { alg } = jws.header
  const [has, wanted] = [jws.signature.length, lengthOf(alg, publicKey)]
  if (has === wanted) return new Problem('invalid-signature')
  const { en, fr } = LENGTH_SAID[alg]
  return new Problem('invalid-signature', {
    en: `The signature has ${has} octets, and one by ${alg} with this key ${wanted}: ${en}.`,
    fr: `La signature compte ${has} octets, et non les ${wanted} d’une signature ${alg} par cette clé\u00a0: ${fr}.`,
  })
}

/** The refusal of an `alg` of section 3 that is not the one for the key of the certificate. */
export function unfitAlgorithm({ kind }: PublicKey): Problem {
  const [alg] = Object.entries(schemes).find(([, scheme]) => scheme.kind === kind) ?? []
  if (alg === undefined)
    return new Problem('unsupported-algorithm', {
      en: 'The key of the signing certificate is none of P-256, P-384, RSA and Ed25519: no `alg` fits it.',
      fr: 'La clé du certificat de signature n’est ni P-256, ni P-384, ni RSA, ni Ed25519\u00a0: aucun `alg` ne lui convient.',
    })
  return new Problem('unsupported-algorithm', {
    en: `\`alg\` does not fit the key of the signing certificate, which is ${kind}: sign with ${alg}.`,
    fr: `\`alg\` ne convient pas à la clé du certificat de signature, qui est ${kind}\u00a0: signez avec ${alg}.`,
  })
}

/** Whether the signature verifies by the key of a certificate. Whatever is wrong with it is `false`, never a throw. */
export async function verifySignature(
  jws: Jws,
  certificate: PublicKey,
  work: Pick<SignatureWork, 'verify'> = here,
): Promise<boolean> {
  const job = verifyingJob(jws, certificate)
  return job !== undefined && (await work.verify(job))
}

/** Signs a payload with section 3's header, without `x5c`: gives the compact JWS. Rejects where the key cannot sign. */
export async function signJws(
  typ: MediaType,
  payload: unknown,
  { alg, key, certificate }: Signer,
  now: Date,
  work: Pick<SignatureWork, 'sign'> = here,
): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000)
  const header = { alg, typ, cty: 'json', iat, 'x5t#S256': certificate.thumbprint }
  const signingInput = `${encode(header)}.${encode(payload)}`
  const signature = await work.sign({ alg, key, input: Buffer.from(signingInput, 'latin1') })
  return `${signingInput}.${Buffer.from(signature).toString('base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
