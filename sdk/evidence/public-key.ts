/** Public keys as certificates have them, and verifying by them: by WebCrypto, under Node as in a browser. */
import { SdkFault } from '../problem.ts'
import { joined } from '../streams.ts'
import { type Bytes, ofHex } from './bytes.ts'
import { derAt, derChildren, DerFault, derHex, derNumber, type Hash, tag } from './der.ts'

/** The kinds that count for anything; whatever else there is, is `other`. */
export type KeyKind = 'rsa' | 'P-256' | 'P-384' | 'P-521' | 'Ed25519' | 'Ed448' | MlDsaName | 'other'
type MlDsaName = 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87'

export type PublicKey = {
  readonly kind: KeyKind
  /** SubjectPublicKeyInfo (RFC 5280 4.1.2.7). */
  readonly spki: Bytes
  /** The subjectPublicKey in it. */
  readonly raw: Bytes
  /** Of RSA: how long its modulus is. */
  readonly bits: number
}

/** Verifies ML-DSA (FIPS 204) with an empty context: not every WebCrypto knows it. */
export type MlDsa = (
  kind: MlDsaName,
  key: Pick<PublicKey, 'raw' | 'spki'>,
  signed: Bytes,
  signature: Bytes,
) => boolean | Promise<boolean>

/** How a signature was made: `hash` where its algorithm names one, and for RSASSA-PSS the length of its salt. */
export type Scheme = { readonly hash?: Hash; readonly pssSalt?: number; readonly isDer?: boolean }

/** Whether a key has made a signature. A key of another kind than the scheme's has not. */
export type Verify = (scheme: Scheme, key: PublicKey, signed: Bytes, signature: Bytes) => Promise<boolean>

const RSA = '2a864886f70d010101'
const EC = '2a8648ce3d0201'
const CURVES: Readonly<Record<string, KeyKind>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
}
const OTHERS: Readonly<Record<string, KeyKind>> = {
  '2b6570': 'Ed25519',
  '2b6571': 'Ed448',
  '608648016503040311': 'ML-DSA-44',
  '608648016503040312': 'ML-DSA-65',
  '608648016503040313': 'ML-DSA-87',
}

/** Takes a SubjectPublicKeyInfo in DER; gives the key. Throws DerFault. */
export function readPublicKey(spki: Bytes): PublicKey {
  const [algorithm, bits] = derChildren(spki, derAt(spki, 0, spki.length, tag.sequence))
  if (algorithm?.tag !== tag.sequence || bits?.tag !== tag.bitString) throw new DerFault('is no public key')
  const [oid, parameters] = derChildren(spki, algorithm)
  if (oid?.tag !== tag.oid) throw new DerFault('names no algorithm')
  const name = derHex(spki, oid)
  const raw = spki.slice(bits.content + 1, bits.end)
  if (name === RSA) return { kind: 'rsa', spki, raw, bits: modulusBits(raw) }
  const curve = parameters?.tag === tag.oid ? CURVES[derHex(spki, parameters)] : undefined
  return { kind: (name === EC ? curve : OTHERS[name]) ?? 'other', spki, raw, bits: 0 }
}

/** RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017, A.1.1) */
function modulusBits(raw: Bytes): number {
  const [modulus] = derChildren(raw, derAt(raw, 0, raw.length, tag.sequence))
  if (modulus?.tag !== tag.integer) throw new DerFault('has no modulus')
  const digits = derNumber(raw, modulus)
  return 4 * (digits.length - 1) + Number.parseInt(digits.slice(0, 1), 16).toString(2).length
}

/** Whether a key is one of those that ML-DSA has. */
const isMlDsa = (kind: KeyKind): kind is MlDsaName => kind.startsWith('ML-DSA-')

/**
 * Gives what verifies signatures, each by WebCrypto; ML-DSA by `mlDsa` where that is given, for not every WebCrypto has it. What cannot be verified here, because
 * key or scheme are unknown, is not verified: never an error.
 */
export function openVerify(mlDsa?: MlDsa): Verify {
  return async (scheme, key, signed, signature) => {
    if (isMlDsa(key.kind)) return await (mlDsa ?? byWebCrypto)(key.kind, key, signed, signature)
    const way = wayOf(scheme, key)
    if (way === undefined) return false
    try {
      const imported = await crypto.subtle.importKey('spki', key.spki, way.importing, false, ['verify'])
      const raw = scheme.isDer === true && way.width !== undefined ? rawEcdsa(signature, way.width) : signature
      return await crypto.subtle.verify(way.verifying, imported, raw, signed)
    } catch {
      return false
    }
  }
}

/** Of a browser that knows nothing of ML-DSA that is said: a log that signs so would otherwise seem to have signed nothing. */
const byWebCrypto: MlDsa = async (kind, { spki }, signed, signature) => {
  const imported = await crypto.subtle
    .importKey('spki', spki, { name: kind }, false, ['verify'])
    .catch((cause: unknown) => {
      throw new SdkFault('ml-dsa-not-supported', { detail: kind, cause })
    })
  return await crypto.subtle.verify({ name: kind }, imported, signature, signed)
}

type Way = { readonly importing: Named; readonly verifying: Named; readonly width?: number }
type Named = { readonly name: string; readonly hash?: Hash; readonly namedCurve?: string; readonly saltLength?: number }

const WIDTHS: Readonly<Partial<Record<KeyKind, number>>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }

function wayOf({ hash, pssSalt }: Scheme, { kind }: PublicKey): Way | undefined {
  if (kind === 'other') return undefined
  const width = WIDTHS[kind]
  if (width !== undefined) {
    if (hash === undefined || pssSalt !== undefined) return undefined
    return { importing: { name: 'ECDSA', namedCurve: kind }, verifying: { name: 'ECDSA', hash }, width }
  }
  if (kind !== 'rsa') return hash === undefined ? { importing: { name: kind }, verifying: { name: kind } } : undefined
  if (hash === undefined) return undefined
  const name = pssSalt === undefined ? 'RSASSA-PKCS1-v1_5' : 'RSA-PSS'
  const verifying = { name, ...(pssSalt !== undefined && { saltLength: pssSalt }) }
  return { importing: { name, hash }, verifying }
}

/** Takes an ECDSA signature as certificates have it (RFC 3279, 2.2.3); gives R and S one behind the other. Throws DerFault. */
function rawEcdsa(signature: Bytes, width: number): Bytes {
  const whole = derAt(signature, 0, signature.length, tag.sequence)
  const numbers = derChildren(signature, whole)
  if (whole.end !== signature.length || numbers.length !== 2) throw new DerFault('is no signature')
  const hex = numbers.map((number) => derNumber(signature, number).padStart(2 * width, '0')).join('')
  if (hex.length !== 4 * width || numbers.some(({ tag: kind }) => kind !== tag.integer))
    throw new DerFault('is no signature')
  return ofHex(hex)
}

/** SHA-256 of pieces, one behind the other. */
export async function sha256(...pieces: readonly Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined(pieces)))
}
