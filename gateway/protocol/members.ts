import { type Fault, Problem } from './problems.ts'
import type { Text } from '../base/base.ts'
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
const unknownMember: Text = { en: 'has a member that is not known here', fr: 'a un membre inconnu ici' }

/** Gives the form of a string that holds to a rule. */
export function text(keyword: string, en: string, fr: string, holds: (value: string) => boolean): Form<string> {
  return {
    keyword,
    message: { en, fr },
    parse: (value) => (typeof value === 'string' && holds(value) ? value : undefined),
  }
}

/** Gives one entry of a problem's `errors`: where, and what must be there. */
export function fault(pointer: string, keyword: string, message: Text): Fault {
  return { pointer, keyword, message: message.en, messageFr: message.fr }
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
  throw new Problem('malformed-message', undefined, { errors: [fault('', 'type', notAnObject)] })
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
    else faults.push(fault(at, 'required', { en: `must have the member ${name}`, fr: `doit comporter ${name}` }))
  }
  for (const [name, form] of Object.entries(forms.optional)) if (Object.hasOwn(object, name)) readAs(name, form)
  // the name of a member that nobody foresaw may itself say something about a child: it is not repeated
  const isKnown = (name: string): boolean => Object.hasOwn(forms.required, name) || Object.hasOwn(forms.optional, name)
  if (!Object.keys(object).every(isKnown)) faults.push(fault(at, 'additionalProperties', unknownMember))
  return read as Values<R> & Partial<Values<O>>
}
