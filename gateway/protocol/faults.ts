import type { ErrorObject } from 'ajv/dist/2020.js'
import type { Fault } from './problems.ts'
import type { Text } from '../base/base.ts'
import type { Json } from './json.ts'

/** Ajv's judge of values: what was wrong with the last one stands in `errors`. */
export type Judge = { (value: Json): boolean; readonly errors?: readonly ErrorObject[] | null }
import { titleOf, titlesOfRules } from './rule-titles.ts'

/** A message can break its schema in as many places as it has bytes; nobody mends more than this at once. */
const MAX_FAULTS = 100

/** Keywords that hold others together. What is inside tells more; where it doesn't, the schema's own title does. */
const RULES: ReadonlySet<string> = new Set(['anyOf', 'contains', 'not'])

/** A longer list (the countries) is named by its title: a hundred faults must not give a quarter of a megabyte of codes. */
const MOST_CODES = 80

/** JSON's types in words. */
const TYPES: Readonly<Record<string, Text>> = {
  string: { en: 'a text', fr: 'un texte' },
  integer: { en: 'a whole number', fr: 'un nombre entier' },
  boolean: { en: 'true or false', fr: 'true (vrai) ou false (faux)' },
  array: { en: 'a list', fr: 'une liste' },
  object: { en: 'an object', fr: 'un objet' },
}

const code = (value: unknown): string => JSON.stringify(value) ?? ''
const at = (params: ErrorObject['params'], name: string): string => String(params[name])

/**
 * What each keyword says. Only what comes from the schema is named: never a value, and never the name of an unknown member,
 * which may be anything that somebody typed.
 */
const messages: Readonly<Record<string, (params: ErrorObject['params']) => Text>> = {
  type: (params) => {
    const { en, fr } = TYPES[at(params, 'type')] ?? { en: at(params, 'type'), fr: at(params, 'type') }
    return { en: `must be ${en}`, fr: `doit être ${fr}` }
  },
  required: (params) => ({
    en: `must have the member ${code(params['missingProperty'])}`,
    fr: `doit comporter le membre ${code(params['missingProperty'])}`,
  }),
  unevaluatedProperties: () => ({
    en: 'must have no member but those of the schema',
    fr: 'ne doit comporter que les membres du schéma',
  }),
  enum: () => ({ en: 'must be one of the codes of the list', fr: 'doit être l’un des codes de la liste' }),
  const: (params) => ({
    en: `must be ${code(params['allowedValue'])}`,
    fr: `doit être ${code(params['allowedValue'])}`,
  }),
  pattern: () => ({ en: 'must have the form that the schema gives', fr: 'doit avoir la forme que donne le schéma' }),
  minLength: (params) => ({
    en: `must have at least ${at(params, 'limit')} characters`,
    fr: `doit compter au moins ${at(params, 'limit')} caractères`,
  }),
  maxLength: (params) => ({
    en: `must have at most ${at(params, 'limit')} characters`,
    fr: `doit compter au plus ${at(params, 'limit')} caractères`,
  }),
  minItems: (params) => ({
    en: `must have at least ${at(params, 'limit')} item(s)`,
    fr: `doit compter au moins ${at(params, 'limit')} élément(s)`,
  }),
  maxItems: (params) => ({
    en: `must have at most ${at(params, 'limit')} item(s)`,
    fr: `doit compter au plus ${at(params, 'limit')} élément(s)`,
  }),
  uniqueItems: () => ({ en: 'must not give the same item twice', fr: 'ne doit pas donner deux fois le même élément' }),
  minimum: (params) => ({
    en: `must be ${at(params, 'limit')} or more`,
    fr: `doit être ${at(params, 'limit')} ou plus`,
  }),
  maximum: (params) => ({
    en: `must be ${at(params, 'limit')} or less`,
    fr: `doit être ${at(params, 'limit')} ou moins`,
  }),
}

const OTHER: Text = { en: 'does not obey the schema', fr: 'n’est pas conforme au schéma' }

/** A text that holds only white space breaks this pattern, which deserves words of its own. */
const NOT_BLANK = '\\S'
const BLANK: Text = { en: 'must not be empty or blank', fr: 'ne doit être ni vide ni composé d’espaces' }

/** Faults as they are found, each once, in both languages. */
export type Faults = {
  /** Takes Ajv's errors about the value at `prefix` (compiled with `verbose`), leaves out the wrappers. */
  add(errors: readonly ErrorObject[], prefix: string): void
  isFull(): boolean
  list(): readonly Fault[]
}

/** Gives a place for faults that may come from several judgements of one body, in time linear in their number. */
export function collectFaults(): Faults {
  const faults = new Map<string, Fault>()
  /** Where something is of the wrong type: that it is no code of a list either goes without saying. */
  const wrong = new Set<string>()
  const isFull = (): boolean => faults.size >= MAX_FAULTS
  const forgetCode = (at: string): void => {
    for (const [key, { pointer, keyword }] of faults) if (pointer === at && keyword === 'enum') faults.delete(key)
  }
  return {
    isFull,
    list: () => [...faults.values()],
    add(errors, prefix) {
      for (const { keyword, instancePath } of errors) {
        if (keyword !== 'type') continue
        wrong.add(prefix + instancePath)
        forgetCode(prefix + instancePath)
      }
      const rules = rulesByPath(errors)
      const ruleOf = titlesOfRules(errors)
      for (const error of errors) {
        if (isFull()) return
        const { keyword } = error
        const pointer = prefix + error.instancePath
        if (keyword === 'if' || (keyword === 'enum' && wrong.has(pointer)) || isWithin(error, rules)) continue
        const text = wordsOf(error, ruleOf(error))
        faults.set(keyOf(pointer, keyword, text), { pointer, keyword, message: text.en, messageFr: text.fr })
      }
    },
  }
}

/** Takes Ajv's errors about one value, gives its faults. */
export function toFaults(errors: readonly ErrorObject[], prefix: string): readonly Fault[] {
  const faults = collectFaults()
  faults.add(errors, prefix)
  return faults.list()
}

function keyOf(pointer: string, keyword: string, { en }: Text): string {
  return `${pointer} ${keyword} ${en}`
}

/** Rules that are told as a whole: the values that break them, by their place in the schema. */
type Rules = ReadonlyMap<string, ReadonlySet<string>>

function rulesByPath(errors: readonly ErrorObject[]): Rules {
  const rules = new Map<string, Set<string>>()
  for (const { keyword, schemaPath, instancePath } of errors) {
    if (!RULES.has(keyword)) continue
    const values = rules.get(schemaPath)
    if (values === undefined) rules.set(schemaPath, new Set([instancePath]))
    else values.add(instancePath)
  }
  return rules
}

/** Whether an error comes from inside a rule that is told as a whole: «phone, or e-mail» and not both as missing. */
function isWithin({ schemaPath, instancePath }: ErrorObject, rules: Rules): boolean {
  if (rules.size === 0) return false
  for (const above of pathsAbove(schemaPath)) {
    const values = rules.get(above)
    if (values === undefined) continue
    if (values.has(instancePath)) return true
    for (const holder of pathsAbove(instancePath)) if (values.has(holder)) return true
  }
  return false
}

/** Gives `/a/b` and `/a` and the empty path, of `/a/b/c`. */
function* pathsAbove(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end !== -1; end = path.lastIndexOf('/', end - 1)) {
    yield path.slice(0, end)
    if (end === 0) return
  }
}

/** What a fault says: a rule's own title where it is one, else the keyword's words, and the rule by which it is asked for. */
function wordsOf(error: ErrorObject, rule: Text | undefined): Text {
  if (RULES.has(error.keyword)) return titleOf(error.parentSchema) ?? rule ?? OTHER
  const { en, fr } = wordsOfKeyword(error)
  return rule === undefined ? { en, fr } : { en: `${en} (${rule.en})`, fr: `${fr} (${rule.fr})` }
}

function wordsOfKeyword({ keyword, params, parentSchema }: ErrorObject): Text {
  if (keyword === 'pattern' && params['pattern'] === NOT_BLANK) return BLANK
  const { en, fr } = messages[keyword]?.(params) ?? OTHER
  const allowed = allowedBy(keyword, parentSchema)
  return allowed === undefined ? { en, fr } : { en: `${en}: ${allowed.en}`, fr: `${fr}\u00a0: ${allowed.fr}` }
}

/** What may stand instead: the codes of a list, or its title where there are too many, or the members that an object knows. */
function allowedBy(keyword: string, schema: ErrorObject['parentSchema']): Text | undefined {
  const { enum: codes, properties }: Record<string, unknown> = schema ?? {}
  if (keyword === 'enum' && Array.isArray(codes)) return codes.length > MOST_CODES ? titleOf(schema) : listed(codes)
  return keyword === 'unevaluatedProperties' ? listed(Object.keys(properties ?? {})) : undefined
}

function listed(names: readonly unknown[]): Text {
  const list = names.map(String).join(', ')
  return { en: list, fr: list }
}
