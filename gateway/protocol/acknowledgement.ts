import type { Fault } from './problems.ts'
import { parseTime } from './forms.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'
import {
  digest,
  fault,
  type Forms,
  notAnObject,
  oneOf,
  parsePayload,
  readMembers,
  refuseFaults,
  text,
  time,
  uuid,
} from './members.ts'

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
  messageId: uuid,
  messageDigest: digest,
  at: text(time.keyword, time.message.en, time.message.fr, (value) => parseTime(value) !== undefined),
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
 * Takes the payload of an acknowledgement, gives its members (section 7). `reasons` is the published list
 * `refusalReason`: a refusal gives one of its codes, and no text, because a receipt carries it for ever.
 * Throws Problem malformed-message, whose `errors` are all the faults.
 */
export function parseAcknowledgement(payload: Uint8Array, reasons: ReadonlySet<string>): Acknowledgement {
  const members = parsePayload(payload)
  const faults: Fault[] = []
  const { reason: given, ...acknowledgement } = readMembers(members, { required, optional }, '', faults)
  const code = oneOf(reasons, 'the codes of the list refusalReason', 'des codes de la liste refusalReason')
  const reason = given && readMembers(given, { required: { code }, optional: {} }, '/reason', faults)
  if (acknowledgement.outcome === 'refused' && !Object.hasOwn(members, 'reason')) {
    faults.push(fault('', 'required', { en: 'a refusal must have a reason', fr: 'un refus doit être motivé' }))
  }
  if (acknowledgement.outcome === 'accepted' && Object.hasOwn(members, 'reason')) {
    const message = { en: 'an acceptance has no reason', fr: 'une acceptation ne comporte pas de motif' }
    faults.push(fault('/reason', 'not', message))
  }
  refuseFaults(faults)
  return reason === undefined ? acknowledgement : { ...acknowledgement, reason }
}
