import type { ErrorObject } from 'ajv/dist/2020.js'
import type { Fault, Text } from '../problems.ts'
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

/** Takes Ajv's errors (compiled with `verbose`), gives each fault once, in both languages, the wrappers left out. */
export function toFaults(errors: readonly ErrorObject[], prefix: string): readonly Fault[] {
  const rules = errors.filter((error) => RULES.has(error.keyword))
  const wrong = new Set(errors.filter((error) => error.keyword === 'type').map((error) => error.instancePath))
  const ruleOf = titlesOfRules(errors)
  const faults = new Map<string, Fault>()
  for (const error of errors) {
    if (error.keyword === 'if' || rules.some((rule) => isWithin(error, rule))) continue
    if (error.keyword === 'enum' && wrong.has(error.instancePath)) continue
    const text = wordsOf(error, ruleOf(error))
    const fault = { pointer: prefix + error.instancePath, keyword: error.keyword, message: text.en, messageFr: text.fr }
    faults.set(`${fault.pointer} ${fault.keyword} ${fault.message}`, fault)
    if (faults.size === MAX_FAULTS) break
  }
  return [...faults.values()]
}

/** Whether an error comes from inside a rule that is told as a whole: «phone, or e-mail» and not both as missing. */
function isWithin(error: ErrorObject, rule: ErrorObject): boolean {
  return (
    error !== rule &&
    error.schemaPath.startsWith(`${rule.schemaPath}/`) &&
    error.instancePath.startsWith(rule.instancePath)
  )
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
