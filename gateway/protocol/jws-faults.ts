import type { Text } from '../base/base.ts'
import type { Json } from './json.ts'
import { Problem } from './problems.ts'

/** What is wrong with a compact JWS that has not the form of section 3, in words: which part or member, and what would be right. */

/** Leaf, intermediates and anchor. The sender chooses what stands here: no choice of it may cost more than this. */
export const MAX_CHAIN = 5
export const MAX_CERTIFICATE_BYTES = 4 * 1024

/** The parts of a compact serialization, in their order (RFC 7515, 7.1). */
const PARTS = [
  { en: 'header', fr: 'l’en-tête' },
  { en: 'payload', fr: 'la charge utile' },
  { en: 'signature', fr: 'la signature' },
] as const
export type PartOfJws = 0 | 1 | 2

/** Header members that libraries add by themselves, or that stand in examples: these may be named, and what somebody made up not. */
const REFUSED_MEMBERS: ReadonlySet<string> = new Set(['crit', 'jku', 'jwk', 'x5u', 'x5t', 'kid', 'b64', 'zip', 'sigT'])

export const headerFaults = {
  object: { en: 'The header is not a JSON object.', fr: 'L’en-tête n’est pas un objet JSON.' },
  alg: { en: 'alg is missing or not a string.', fr: 'alg est absent ou n’est pas une chaîne.' },
  cty: { en: 'cty is not json.', fr: 'cty n’est pas json.' },
  chain: {
    en: `x5c is not an array of 1 to ${MAX_CHAIN} certificates in padded base64 (RFC 7515, 4.1.6), of ${MAX_CERTIFICATE_BYTES} bytes each at most.`,
    fr: `x5c n’est pas un tableau de 1 à ${MAX_CHAIN} certificats en base64 avec remplissage (RFC 7515, 4.1.6), de ${MAX_CERTIFICATE_BYTES} octets chacun au plus.`,
  },
  leaf: {
    en: 'The first certificate of x5c is not the one that x5t#S256 names.',
    fr: 'Le premier certificat de x5c n’est pas celui que désigne x5t#S256.',
  },
} satisfies Record<string, Text>

/** The refusal `malformed-message`, and why. */
export function malformed(detail: Text): Problem {
  return new Problem('malformed-message', detail)
}

const BRACE = 0x7b

/** Why bytes are not three parts that are joined by dots. */
export function wrongParts(bytes: Buffer): Problem {
  const dots = bytes.reduce((count, byte) => count + (byte === 0x2e ? 1 : 0), 0)
  if (bytes.length === 0) return malformed({ en: 'The body is empty.', fr: 'Le corps est vide.' })
  if (bytes[0] === BRACE)
    return malformed({
      en: 'The body is JSON. A message is a JWS in compact serialization: three parts in base64url joined by dots.',
      fr: 'Le corps est du JSON. Un message est un JWS en sérialisation compacte\u00a0: trois parties en base64url jointes par des points.',
    })
  if (dots !== 2)
    return malformed({
      en: `The body has ${dots} dots. A compact JWS is three parts in base64url joined by two dots.`,
      fr: `Le corps comporte ${dots} points. Un JWS compact est fait de trois parties en base64url jointes par deux points.`,
    })
  const empty = bytes.toString('latin1').split('.').indexOf('')
  const { en, fr } = PARTS[empty === 0 || empty === 1 ? empty : 2]
  return malformed({
    en: `The ${en} is empty. A compact JWS is header, payload and signature in base64url joined by dots.`,
    fr: `La partie qui doit être ${fr} est vide. Un JWS compact est fait de l’en-tête, de la charge utile et de la signature, en base64url, joints par des points.`,
  })
}

/** Why a part is not base64url as RFC 4648, section 5, has it without padding. */
export function wrongEncoding(text: string, part: PartOfJws): Problem {
  const { en, fr } = PARTS[part]
  const why = whyNotBase64url(text)
  return malformed({
    en: `The ${en} is not canonical base64url (RFC 7515, 2): ${why.en}.`,
    fr: `La partie qui doit être ${fr} n’est pas du base64url canonique (RFC 7515, 2)\u00a0: ${why.fr}.`,
  })
}

function whyNotBase64url(text: string): Text {
  if (/\s/.test(text))
    return { en: 'it holds white space or a line break', fr: 'elle contient une espace ou un saut de ligne' }
  if (text.includes('=')) return { en: 'it has padding (=)', fr: 'elle comporte un remplissage (=)' }
  if (/[+/]/.test(text))
    return {
      en: 'it is in the alphabet of base64, with + and / for - and _',
      fr: 'elle emploie l’alphabet de base64, + et / pour - et _',
    }
  if (/[^A-Za-z0-9_-]/.test(text))
    return { en: 'it holds a character of no such alphabet', fr: 'elle contient un caractère étranger à cet alphabet' }
  if (text.length % 4 === 1)
    return {
      en: 'it is cut short, or too long by one character',
      fr: 'elle est tronquée, ou trop longue d’un caractère',
    }
  return {
    en: 'the unused bits of its last character are not zero',
    fr: 'les bits inutilisés de son dernier caractère ne sont pas à zéro',
  }
}

/** The refusal of a header with members that section 3 does not have. */
export function strangeMembers(names: readonly string[]): Problem {
  const known = names.filter((name) => REFUSED_MEMBERS.has(name)).join(', ')
  const [en, fr] = known === '' ? ['a member', 'un membre'] : [known, known]
  return malformed({
    en: `The header has ${en}; it may have alg, typ, cty, iat, x5t#S256 and x5c, and nothing else.`,
    fr: `L’en-tête comporte ${fr}\u202f; il n’admet que alg, typ, cty, iat, x5t#S256 et x5c.`,
  })
}

/** The refusal of a `typ` that is missing or another. */
export function wrongType(given: Json | undefined, wanted: string): Problem {
  if (given === undefined)
    return malformed({
      en: `typ is missing: it must be ${wanted}.`,
      fr: `typ est absent\u00a0: il doit être ${wanted}.`,
    })
  return malformed({ en: `typ is not ${wanted}.`, fr: `typ n’est pas ${wanted}.` })
}

/** The refusal of an `iat` that is no NumericDate of section 3. */
export function wrongTime(given: Json | undefined): Problem {
  const wanted: Text = {
    en: 'it must be seconds since 1970, as an integer',
    fr: 'il doit donner les secondes depuis 1970, en nombre entier',
  }
  const has: Text =
    given === undefined
      ? { en: 'is missing', fr: 'est absent' }
      : typeof given !== 'number'
        ? { en: 'is not a number', fr: 'n’est pas un nombre' }
        : { en: 'is not an integer below 2^53', fr: 'n’est pas un entier inférieur à 2^53' }
  return malformed({ en: `iat ${has.en}: ${wanted.en}.`, fr: `iat ${has.fr}\u00a0: ${wanted.fr}.` })
}

/** The characters of 32 bytes in base64url, in hexadecimal, and of SHA-1's 20 in base64url. */
const LENGTH = 43
const OTHER_LENGTHS: Readonly<Record<number, Text>> = {
  44: { en: 'has 44 characters, padding perhaps', fr: 'compte 44 caractères, peut-être avec remplissage' },
  64: { en: 'has 64 characters, as hexadecimal has', fr: 'compte 64 caractères, comme en hexadécimal' },
  27: { en: 'has 27 characters, as of a SHA-1', fr: 'compte 27 caractères, comme d’un SHA-1' },
}

/** The refusal of an `x5t#S256` that is no thumbprint. */
export function wrongThumbprint(given: Json | undefined): Problem {
  const has: Text =
    given === undefined
      ? { en: 'is missing', fr: 'est absent' }
      : typeof given === 'string' && given.length !== LENGTH
        ? (OTHER_LENGTHS[given.length] ?? {
            en: `has ${given.length} characters`,
            fr: `compte ${given.length} caractères`,
          })
        : { en: 'is not canonical base64url', fr: 'n’est pas du base64url canonique' }
  return malformed({
    en: `x5t#S256 ${has.en}: it must be the SHA-256 of the certificate’s DER in base64url without padding, ${LENGTH} characters.`,
    fr: `x5t#S256 ${has.fr}\u00a0: il doit être le SHA-256 du DER du certificat, en base64url sans remplissage, soit ${LENGTH} caractères.`,
  })
}
