import { isJsonObject, type Json } from './json.ts'

/**
 * Gives the child's age in whole years from a body, for the desks' `ages` (section 7), or undefined where it states none.
 * It reads `/body/child/age/years`, else `/body/child/ageYears`. An adapter may read no other pointer of a body (rule 12 of
 * the schemas), so this is the only way in: the rest is between the sender and the recipient.
 */
export function ageOf(body: Json): number | undefined {
  const child = member(body, 'child')
  const years = member(member(child, 'age'), 'years') ?? member(child, 'ageYears')
  return typeof years === 'number' ? years : undefined
}

function member(value: Json | undefined, name: string): Json | undefined {
  return value !== undefined && isJsonObject(value) ? value[name] : undefined
}
