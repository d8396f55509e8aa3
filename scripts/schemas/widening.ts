import { isDeepStrictEqual } from 'node:util'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import { judged } from './judged.ts'
import { charactersOf, excludes, spelt } from './patterns.ts'
import type { Subjects } from './subjects.ts'

type Schema = AnySchemaObject

/** What a validator may ignore. */
const WORDS = /^(?:\$schema|\$id|\$comment|title|description|examples|x-.+)$/
const AT_LEAST = new Set(['minLength', 'minItems', 'minimum'])
const AT_MOST = new Set(['maxLength', 'maxItems', 'maximum'])

/**
 * Proves from their structure that a later release takes whatever an earlier one takes: gives the places where it cannot, which are
 * narrower or only not understood. Each subject is proved on the assumption that those it refers to are: all together they are.
 */
export function narrowings(earlier: Subjects, later: Subjects): readonly string[] {
  const prover = { earlier, later }
  return [...earlier].flatMap(([subject, was]) => {
    const is = later.get(subject)
    if (is === undefined) return [`${subject} is gone`]
    // the number is the one thing in which a message of the earlier release differs
    return [...wider(prover, was, is, subject)].filter((place) => place !== 'envelope/properties/schemaVersion/const')
  })
}

/** What structure leaves unproved between two releases, less what a person has judged; and what stands there although it need not. */
export function unproved(
  version: string,
  earlier: Subjects,
  later: Subjects,
): { readonly places: readonly string[]; readonly stale: readonly string[]; readonly judged: number } {
  const known = new Set((judged[version] ?? []).flatMap(({ places }) => places))
  const found = narrowings(earlier, later)
  return {
    places: found.filter((place) => !known.has(place)),
    stale: [...known].filter((place) => !found.includes(place)),
    judged: known.size,
  }
}

type Prover = { readonly earlier: Subjects; readonly later: Subjects }

function* wider(on: Prover, was: Schema, is: Schema, at: string): Generator<string> {
  if (isDeepStrictEqual(bare(was), bare(is))) return
  for (const [keyword, value] of Object.entries(is)) {
    if (WORDS.test(keyword)) continue
    const place = `${at}/${keyword}`
    const had: unknown = was[keyword]
    if (keyword === 'properties') yield* widerMembers(on, was, is, place)
    else if (keyword === 'allOf') yield* widerRules(on, was, is, place)
    else if (keyword === 'items' && had !== undefined) yield* wider(on, had as Schema, value as Schema, place)
    else if (keyword === 'anyOf') yield* widerChoices(on, was, value as readonly Schema[], place)
    else if (!isWider(keyword, had, value, was)) yield place
  }
  // what the later one does not know any more it refuses, where it is closed
  if (is['unevaluatedProperties'] === false)
    for (const name of Object.keys((was['properties'] as object | undefined) ?? {}))
      if (is['properties']?.[name] === undefined) yield `${at}/properties/${name} is gone`
}

/** Whether one keyword of the later schema refuses nothing that the earlier schema takes. */
function isWider(keyword: string, had: unknown, value: unknown, was: Schema): boolean {
  if (keyword === 'pattern') return typeof had === 'string' && typeof value === 'string' && spelt(had) === spelt(value)
  if (isDeepStrictEqual(bare(had), bare(value))) return true
  if (AT_LEAST.has(keyword)) return typeof had === 'number' && had >= (value as number)
  if (AT_MOST.has(keyword)) return typeof had === 'number' && had <= (value as number)
  if (keyword === 'required')
    return (value as readonly string[]).every((name) => ((had ?? []) as readonly string[]).includes(name))
  if (keyword === 'enum') {
    const codes =
      had ??
      (was['const'] === undefined ? undefined : [was['const']]) ??
      (was['type'] === 'boolean' ? [true, false] : undefined)
    return Array.isArray(codes) && codes.every((code) => (value as readonly unknown[]).includes(code))
  }
  if (keyword === 'not') return isOutOfForm(value as Schema, was)
  return false
}

/** A `not` of characters that no text of the earlier form has. */
function isOutOfForm(forbidden: Schema, was: Schema): boolean {
  const { pattern, ...others } = bare(forbidden) as Schema
  const characters = typeof pattern === 'string' && Object.keys(others).length === 0 ? charactersOf(pattern) : undefined
  return characters !== undefined && typeof was['pattern'] === 'string' && excludes(spelt(was['pattern']), characters)
}

function* widerMembers(on: Prover, was: Schema, is: Schema, at: string): Generator<string> {
  const had = (was['properties'] ?? {}) as Readonly<Record<string, Schema>>
  for (const [name, member] of Object.entries(is['properties'] as Readonly<Record<string, Schema>>)) {
    const before = had[name]
    if (before !== undefined) yield* widerMember(on, before, member, `${at}/${name}`)
    // a member that is new is none that the earlier one takes, where that is closed
    else if (was['unevaluatedProperties'] !== false && Object.keys(bare(member) as object).length > 0)
      yield `${at}/${name}`
  }
}

/** Of a reference to the same subject that subject's own proof is taken; another is looked into. */
function* widerMember(on: Prover, was: Schema, is: Schema, at: string): Generator<string> {
  if (was['$ref'] !== undefined && was['$ref'] === is['$ref']) {
    const { $ref: _, ...before } = was
    const { $ref: __, ...after } = is
    yield* wider(on, before, after, at)
    return
  }
  yield* wider(on, resolved(on.earlier, was), resolved(on.later, is), at)
}

/** What a schema refers to, with what stands beside the reference. */
function resolved(subjects: Subjects, schema: Schema): Schema {
  const { $ref, ...own } = schema
  if (typeof $ref !== 'string') return schema
  return { ...resolved(subjects, subjects.get($ref.replace('urn:passerelle:', '')) ?? {}), ...own }
}

/** Each rule of the later schema follows from one of the earlier, or is about what that does not take. */
function* widerRules(on: Prover, was: Schema, is: Schema, at: string): Generator<string> {
  const rules = (was['allOf'] ?? []) as readonly Schema[]
  for (const [index, rule] of (is['allOf'] as readonly Schema[]).entries()) {
    const follows = rules.some((before) => followsFrom(on, before, rule))
    if (!follows && !isAboutWhatIsNew(on, was, rule)) yield `${at}/${index} (${rule['title']})`
  }
}

function followsFrom(on: Prover, before: Schema, rule: Schema): boolean {
  if (rule['if'] === undefined || before['if'] === undefined) return [...wider(on, before, rule, '')].length === 0
  // a narrower «if» asks less often
  if ([...wider(on, rule['if'] as Schema, before['if'] as Schema, '')].length > 0) return false
  return (['then', 'else'] as const).every(
    (branch) =>
      rule[branch] === undefined ||
      (before[branch] !== undefined &&
        [...wider(on, before[branch] as Schema, rule[branch] as Schema, '')].length === 0),
  )
}

/** A rule that asks something of what has a member, or a code, which the earlier schema refuses. */
function isAboutWhatIsNew(on: Prover, was: Schema, rule: Schema): boolean {
  const { properties = {}, required = [] } = (rule['if'] ?? {}) as {
    properties?: Readonly<Record<string, Schema>>
    required?: readonly string[]
  }
  if (rule['else'] !== undefined) return false
  return required.some((name) => {
    const member = (was['properties'] as Readonly<Record<string, Schema>> | undefined)?.[name]
    if (member === undefined) return was['unevaluatedProperties'] === false
    const codes: unknown = resolved(on.earlier, member)['enum']
    const wanted: readonly unknown[] = properties[name]?.['enum'] ?? [properties[name]?.['const']]
    return Array.isArray(codes) && !wanted.some((code) => code === undefined || codes.includes(code))
  })
}

/** Each choice that there was is one still. */
function* widerChoices(on: Prover, was: Schema, choices: readonly Schema[], at: string): Generator<string> {
  const had = was['anyOf'] as readonly Schema[] | undefined
  if (had === undefined) yield at
  for (const [index, choice] of (had ?? []).entries())
    if (!choices.some((one) => [...wider(on, choice, one, '')].length === 0)) yield `${at}/${index}`
}

/** A schema without its words, patterns in one spelling. What stands under `properties` are names, which may be any word. */
function bare(schema: unknown, areNames = false): unknown {
  if (Array.isArray(schema)) return schema.map((held) => bare(held))
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => areNames || !WORDS.test(keyword))
      .map(([keyword, value]) => {
        if (!areNames && keyword === 'pattern') return [keyword, spelt(String(value))]
        return [keyword, bare(value, !areNames && keyword === 'properties')]
      }),
  )
}
