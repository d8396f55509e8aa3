import { type Fault, Problem } from './problems.ts'
import { isDigest, isUuid, parseTime } from './forms.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { fault, type Forms, notAnObject, parsePayload, readMembers, text } from './members.ts'

/** The payload by which a recipient says, under its own signature, that it has a message or refuses it (section 7). */
export type Acknowledgement = {
  readonly messageId: string
  /** `sha-256:<base64url>` over the message's bytes. */
  readonly messageDigest: string
  readonly at: string
  readonly outcome: 'accepted' | 'refused'
  readonly reason?: { readonly code: string }
}

const required = {
  messageId: text('pattern', 'must be a lower-case UUID', 'doit être un UUID en minuscules', isUuid),
  messageDigest: text(
    'pattern',
    'must be sha-256: and the canonical base64url of 32 bytes',
    'doit être sha-256: suivi du base64url canonique de 32 octets',
    isDigest,
  ),
  at: text(
    'format',
    'must be an RFC 3339 time in UTC with Z',
    'doit être une heure RFC 3339 en UTC avec Z',
    (value) => parseTime(value) !== undefined,
  ),
  outcome: {
    keyword: 'enum',
    message: { en: 'must be accepted or refused', fr: 'doit être accepted ou refused' },
    parse: (value: Json) => (value === 'accepted' || value === 'refused' ? value : undefined),
  },
} satisfies Forms

const optional = {
  reason: {
    keyword: 'type',
    message: notAnObject,
    parse: (value: Json): JsonObject | undefined => (isJsonObject(value) ? value : undefined),
  },
} satisfies Forms

/**
 * Takes the payload of an acknowledgement, gives its members (section 7). `isReason` knows the published list
 * `refusalReason`: a refusal gives one of its codes, and no text, because a receipt carries it for ever.
 * Throws Problem malformed-message, whose `errors` are all the faults.
 */
export function parseAcknowledgement(payload: Uint8Array, isReason: (code: string) => boolean): Acknowledgement {
  const members = parsePayload(payload)
  const faults: Fault[] = []
  const { reason: given, ...acknowledgement } = readMembers(members, { required, optional }, '', faults)
  const code = text(
    'enum',
    'must be a code of the list refusalReason',
    'doit être un code de la liste refusalReason',
    isReason,
  )
  const reason = given && readMembers(given, { required: { code }, optional: {} }, '/reason', faults)
  if (acknowledgement.outcome === 'refused' && !Object.hasOwn(members, 'reason')) {
    faults.push(fault('', 'required', { en: 'a refusal must have a reason', fr: 'un refus doit être motivé' }))
  }
  if (acknowledgement.outcome === 'accepted' && Object.hasOwn(members, 'reason')) {
    const message = { en: 'an acceptance has no reason', fr: 'une acceptation ne comporte pas de motif' }
    faults.push(fault('/reason', 'not', message))
  }
  if (faults.length > 0) throw new Problem('malformed-message', undefined, { errors: faults })
  return reason === undefined ? acknowledgement : { ...acknowledgement, reason }
}
