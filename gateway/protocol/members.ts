import { type Fault, Problem } from './problems.ts'
import { malformedPayload } from './refusal-words.ts'
import type { Text } from '../base/base.ts'
import { isDigest, isUuid, parseTime } from './forms.ts'
import { isJsonObject, type Json, JsonFault, type JsonObject, parseJson } from './json.ts'

/** Reading a signed payload by a table of what each of its members must be, collecting every fault. */

/** What one member must be. `keyword` and `message` are what a fault says, in the words of JSON Schema where it has one. */
export type Form<T> = {
  readonly keyword: string
  readonly message: Text
  readonly parse: (value: Json) => T | undefined
}
export type Forms = Readonly<Record<string, Form<unknown>>>
type Values<F extends Forms> = { readonly [Name in keyof F]: F[Name] extends Form<infer T> ? T : never }

export const notAnObject: Text = { en: 'must be an object', fr: 'doit être un objet' }

/** Gives the form of a string that holds to a rule. */
export function text(keyword: string, en: string, fr: string, holds: (value: string) => boolean): Form<string> {
  return {
    keyword,
    message: { en, fr },
    parse: (value) => (typeof value === 'string' && holds(value) ? value : undefined),
  }
}

/** Gives the form of one of the codes of a list, which is named in both languages: «the types», «des types». */
export function oneOf(codes: ReadonlySet<string>, en: string, fr: string): Form<string> {
  const listed = [...codes].join(', ')
  const message = [`must be one of ${en}: ${listed}`, `doit être l’un ${fr}\u00a0: ${listed}`] as const
  return text('enum', ...message, (value) => codes.has(value))
}

export const uuid = text(
  'pattern',
  'must be a lower-case UUID, for example 01596a2f-7c00-7abc-8def-0123456789ab',
  'doit être un UUID en minuscules, par exemple 01596a2f-7c00-7abc-8def-0123456789ab',
  isUuid,
)
export const digest = text(
  'pattern',
  'must be sha-256: and the base64url of 32 bytes without padding, for example sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU',
  'doit être sha-256: suivi du base64url de 32 octets sans remplissage, par exemple sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU',
  isDigest,
)
export const time: Form<Date> = {
  keyword: 'format',
  message: {
    en: 'must be an RFC 3339 time in UTC with Z, for example 2017-03-07T15:00:00Z',
    fr: 'doit être une heure RFC 3339 en UTC avec Z, par exemple 2017-03-07T15:00:00Z',
  },
  parse: parseTime,
}

/** Gives one entry of a problem's `errors`: where, and what must be there. */
export function fault(pointer: string, keyword: string, message: Text): Fault {
  return { pointer, keyword, message: message.en, messageFr: message.fr }
}

/** @throws Problem malformed-message where there are faults: its detail begins with the first of them, and all stand in `errors` */
export function refuseFaults(errors: readonly Fault[]): void {
  if (errors.length > 0) throw malformedPayload(errors)
}

/** Takes a payload, gives its value, or the fault for which it is not the JSON of section 3. */
export function readPayload(payload: Uint8Array): Json | JsonFault {
  try {
    return parseJson(payload)
  } catch (error) {
    if (error instanceof JsonFault) return error
    throw error
  }
}

/** Takes a payload, gives its members. Throws Problem malformed-message where it is not the JSON object of section 3. */
export function parsePayload(payload: Uint8Array): JsonObject {
  const value = readPayload(payload)
  if (value instanceof JsonFault) {
    const { en, fr } = value.reason
    throw new Problem('malformed-message', {
      en: `The payload is refused: ${en}.`,
      fr: `La charge utile est refusée : ${fr}.`,
    })
  }
  if (isJsonObject(value)) return value
  throw new Problem(
    'malformed-message',
    { en: 'The payload is not a JSON object.', fr: 'La charge utile n’est pas un objet JSON.' },
    { errors: [fault('', 'type', notAnObject)] },
  )
}

/**
 * Reads an object's members by their forms, adding to `faults` what is missing, wrong or not known. Where it adds
 * nothing, what it gives is whole and of those forms; otherwise it must not be used.
 */
export function readMembers<R extends Forms, O extends Forms>(
  object: JsonObject,
  forms: { readonly required: R; readonly optional: O },
  at: string,
  faults: Fault[],
): Values<R> & Partial<Values<O>> {
  const read: Record<string, unknown> = {}
  const readAs = (name: string, form: Form<unknown>): void => {
    read[name] = form.parse(object[name] ?? null)
    if (read[name] === undefined) faults.push(fault(`${at}/${name}`, form.keyword, form.message))
  }
  for (const [name, form] of Object.entries(forms.required)) {
    if (Object.hasOwn(object, name)) readAs(name, form)
    else
      faults.push(fault(at, 'required', { en: `must have the member ${name}`, fr: `doit comporter le membre ${name}` }))
  }
  for (const [name, form] of Object.entries(forms.optional)) if (Object.hasOwn(object, name)) readAs(name, form)
  // the name of a member that nobody foresaw may itself say something about a child: it is not repeated
  const isKnown = (name: string): boolean => Object.hasOwn(forms.required, name) || Object.hasOwn(forms.optional, name)
  if (!Object.keys(object).every(isKnown)) faults.push(fault(at, 'additionalProperties', unknownMember(forms)))
  return read as Values<R> & Partial<Values<O>>
}

function unknownMember({ required, optional }: { readonly required: Forms; readonly optional: Forms }): Text {
  const known = [...Object.keys(required), ...Object.keys(optional)].join(', ')
  return {
    en: `has a member that is not known here; it may have: ${known}`,
    fr: `a un membre inconnu ici\u202f; sont admis\u00a0: ${known}`,
  }
}
