/**
 * Judges a value by a published schema, without making code of it, so that it also runs where a page may not (`unsafe-eval`). Of JSON Schema 2020-12
 * it knows the keywords that the published schemas use. Its verdicts and pointers are the gateway's, which uses Ajv: a test holds them to that.
 */
import type { Fault, Text } from '../problem.ts'
import { isObject } from '../shape.ts'
import { type Placed, type Release, resolve, type Schema } from './schema.ts'
import { titleOf, wordsOf } from './words.ts'

/** Nobody mends more than this at once. */
const MAX_FAULTS = 100
/** Deeper than any published schema leads, and than a message may go (section 3). */
const DEEPEST = 256

/** A `not` beside a pattern refuses a line break that some engines let pass: it is of the form, too. */
type Found = Fault & { readonly isOfForm: boolean }

/** What was found of one value: its faults, and the members of it that some schema has spoken of. */
type Finding = { readonly faults: readonly Found[]; readonly evaluated: ReadonlySet<string> }

/** Where the judge is: in which file, at which value, under which rule. */
type Place = {
  readonly file: string
  readonly pointer: string
  readonly rule: Text | undefined
  readonly depth: number
}

/** Takes a value, the schema that it must obey and the pointer at which it stands; gives every fault, a hundred at most, none where it is valid. */
export function judge(release: Release, { schema, file }: Placed, value: unknown, pointer: string): readonly Fault[] {
  const { faults } = find(release, schema, value, { file, pointer, rule: undefined, depth: 0 })
  const at = (keyword: string) => new Set(faults.filter((each) => each.keyword === keyword).map((each) => each.pointer))
  const [wrong, formless] = [at('type'), at('pattern')]
  // Of a value of the wrong type it goes without saying that it is no code and has not the form.
  const goesUnsaid = (fault: Found): boolean =>
    (fault.keyword === 'enum' && wrong.has(fault.pointer)) ||
    (fault.keyword === 'not' && fault.isOfForm && (wrong.has(fault.pointer) || formless.has(fault.pointer)))
  const told = faults
    .filter((fault) => !goesUnsaid(fault))
    .map(({ pointer, keyword, message, messageFr }): Fault => ({ pointer, keyword, message, messageFr }))
  const once = new Map(told.map((fault) => [`${fault.pointer} ${fault.keyword} ${fault.message}`, fault]))
  return [...once.values()].slice(0, MAX_FAULTS)
}

function find(release: Release, schema: Schema, value: unknown, place: Place): Finding {
  if (place.depth > DEEPEST) throw new RangeError('nested too deep')
  const faults: Found[] = []
  const evaluated = new Set<string>()
  const fault = (keyword: keyof Schema, missing?: string): void => {
    const { en, fr } = wordsOf(keyword, schema, missing, place.rule)
    faults.push({ pointer: place.pointer, keyword, message: en, messageFr: fr, isOfForm: schema.pattern !== undefined })
  }
  const within = (inner: Schema, more: Partial<Place> = {}): Finding =>
    find(release, inner, value, { ...place, depth: place.depth + 1, ...more })
  const take = (found: Finding): void => {
    faults.push(...found.faults)
    for (const name of found.evaluated) evaluated.add(name)
  }
  const holds = (found: Finding): boolean => found.faults.length === 0

  for (const keyword of brokenBy(schema, value)) fault(keyword)
  if (schema.$ref !== undefined) {
    const referred = resolve(release, schema.$ref, place.file)
    take(within(referred.schema, { file: referred.file, rule: undefined }))
  }
  if (isObject(value)) {
    for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) fault('required', name)
    for (const [name, inner] of Object.entries(schema.properties ?? {})) {
      if (!Object.hasOwn(value, name)) continue
      evaluated.add(name)
      faults.push(...member(release, inner, value[name], name, place).faults)
    }
  }
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    const { items: each, contains } = schema
    if (each !== undefined)
      for (const [at, item] of items.entries()) faults.push(...member(release, each, item, String(at), place).faults)
    if (contains !== undefined && !items.some((item, at) => holds(member(release, contains, item, String(at), place))))
      fault('contains')
  }
  for (const inner of schema.allOf ?? []) take(within(inner))
  if (schema.anyOf !== undefined) {
    const good = schema.anyOf.map((inner) => within(inner)).filter(holds)
    if (good.length === 0) fault('anyOf')
    for (const found of good) take(found)
  }
  if (schema.not !== undefined && holds(within(schema.not))) fault('not')
  if (schema.if !== undefined) {
    const condition = within(schema.if)
    if (holds(condition)) take(condition)
    const branch = holds(condition) ? schema.then : schema.else
    if (branch !== undefined) take(within(branch, { rule: titleOf(schema) ?? place.rule }))
  }
  if (schema.unevaluatedProperties === false && isObject(value)) {
    if (Object.keys(value).some((name) => !evaluated.has(name))) fault('unevaluatedProperties')
    for (const name of Object.keys(value)) evaluated.add(name)
  }
  return { faults, evaluated }
}

function member(release: Release, schema: Schema, value: unknown, name: string, place: Place): Finding {
  const pointer = `${place.pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  return find(release, schema, value, { ...place, pointer, depth: place.depth + 1 })
}

/** The keywords that look at a value by itself and that it breaks. */
function brokenBy(schema: Schema, value: unknown): readonly (keyof Schema)[] {
  const found: (keyof Schema)[] = []
  const check = (keyword: keyof Schema, holds: boolean): void => void (holds || found.push(keyword))
  if (schema.type !== undefined) check('type', isOf(schema.type, value))
  if (schema.enum !== undefined)
    check(
      'enum',
      schema.enum.some((each) => each === value),
    )
  if (schema.const !== undefined) check('const', schema.const === value)
  if (typeof value === 'string') {
    // Characters are code points (section 6.3 of JSON Schema's validation vocabulary).
    const length = schema.minLength === undefined && schema.maxLength === undefined ? 0 : Array.from(value).length
    check('minLength', length >= (schema.minLength ?? 0))
    check('maxLength', length <= (schema.maxLength ?? Infinity))
    if (schema.pattern !== undefined) check('pattern', patternOf(schema.pattern).test(value))
  }
  if (typeof value === 'number') {
    check('minimum', value >= (schema.minimum ?? -Infinity))
    check('maximum', value <= (schema.maximum ?? Infinity))
  }
  if (Array.isArray(value)) {
    check('minItems', value.length >= (schema.minItems ?? 0))
    check('maxItems', value.length <= (schema.maxItems ?? Infinity))
    if (schema.uniqueItems === true) check('uniqueItems', new Set(value.map(canonical)).size === value.length)
  }
  return found
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  return type === 'object' ? isObject(value) : typeof value === type
}

const patterns = new Map<string, RegExp>()

/** As many as the published schemas have. */
function patternOf(source: string): RegExp {
  const made = patterns.get(source) ?? new RegExp(source, 'u')
  patterns.set(source, made)
  return made
}

/** The same text for equal values, whatever the order of their members. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value) ?? ''
  const members = Object.keys(value)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)
  return `{${members.join(',')}}`
}
