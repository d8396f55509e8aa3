import type { ErrorObject } from 'ajv/dist/2020.js'
import type { Fault } from './problems.ts'
import type { Text } from '../base/base.ts'

/** A message can break its schema in as many places as it has bytes; nobody mends more than this at once. */
const MAX_FAULTS = 100

/** Keywords that hold others together. What is inside tells more; where it doesn't, the schema's own title does. */
const RULES: ReadonlySet<string> = new Set(['anyOf', 'contains', 'not'])

const code = (value: unknown): string => JSON.stringify(value) ?? ''
const at = (params: ErrorObject['params'], name: string): string => String(params[name])

/**
 * What each keyword says. Only what comes from the schema is named: never a value, and never the name of an unknown member,
 * which may be anything that somebody typed.
 */
const messages: Readonly<Record<string, (params: ErrorObject['params']) => Text>> = {
  type: ({ type }) => ({ en: `must be of type ${String(type)}`, fr: `doit être de type ${String(type)}` }),
  required: (params) => ({
    en: `must have the member ${code(params['missingProperty'])}`,
    fr: `doit comporter le membre ${code(params['missingProperty'])}`,
  }),
  unevaluatedProperties: () => ({
    en: 'must have no member that the schema does not know',
    fr: 'ne doit comporter aucun membre inconnu du schéma',
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
  const faults = new Map<string, Fault>()
  for (const error of errors) {
    if (error.keyword === 'if' || rules.some((rule) => isWithin(error, rule))) continue
    if (error.keyword === 'enum' && wrong.has(error.instancePath)) continue
    const text = wordsOf(error)
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

function wordsOf(error: ErrorObject): Text {
  if (RULES.has(error.keyword)) return titleOf(error.parentSchema) ?? OTHER
  if (error.keyword === 'pattern' && error.params['pattern'] === NOT_BLANK) return BLANK
  return messages[error.keyword]?.(error.params) ?? OTHER
}

function titleOf(schema: ErrorObject['parentSchema']): Text | undefined {
  const { title, 'x-titleFr': titleFr }: Record<string, unknown> = schema ?? {}
  return typeof title === 'string' && typeof titleFr === 'string' ? { en: title, fr: titleFr } : undefined
}
