import type { Text } from '../problem.ts'
import type { Schema } from './schema.ts'

/** A longer list (the countries) is named by its title. */
const MOST_CODES = 80
const TYPES: Readonly<Record<string, Text>> = {
  string: { en: 'a text', fr: 'un texte' },
  integer: { en: 'a whole number', fr: 'un nombre entier' },
  boolean: { en: 'true or false', fr: 'true (vrai) ou false (faux)' },
  array: { en: 'a list', fr: 'une liste' },
  object: { en: 'an object', fr: 'un objet' },
}
const OTHER: Text = { en: 'does not obey the schema', fr: 'n’est pas conforme au schéma' }
/** A text that holds only white space breaks this pattern, which deserves words of its own. */
const NOT_BLANK = '\\S'

type Keyword = keyof Schema

/**
 * What is wrong where a keyword is broken, in both languages. Takes the keyword, the schema that has it, the name of a missing member, and the
 * title of the rule that asks for it. Only what comes from the schema is named: never a value, and never an unknown member's name.
 */
export function wordsOf(keyword: Keyword, schema: Schema, missing?: string, rule?: Text): Text {
  if (keyword === 'anyOf' || keyword === 'contains' || keyword === 'not') return titleOf(schema) ?? rule ?? OTHER
  const { en, fr } = keyword === 'required' ? memberOf(missing ?? '') : (messages[keyword]?.(schema) ?? OTHER)
  return rule === undefined ? { en, fr } : { en: `${en} (${rule.en})`, fr: `${fr} (${rule.fr})` }
}

/** A schema's title in both languages, undefined where it has none. */
export function titleOf({ title, 'x-titleFr': titleFr }: Schema): Text | undefined {
  return title === undefined || titleFr === undefined ? undefined : { en: title, fr: titleFr }
}

const memberOf = (name: string): Text => ({
  en: `must have the member "${name}"`,
  fr: `doit comporter le membre "${name}"`,
})

const messages: { readonly [Name in Keyword]?: (schema: Schema) => Text } = {
  type: ({ type = '' }) => {
    const { en, fr } = TYPES[type] ?? { en: type, fr: type }
    return { en: `must be ${en}`, fr: `doit être ${fr}` }
  },
  unevaluatedProperties: ({ properties = {} }) =>
    listing(
      { en: 'must have no member but those of the schema', fr: 'ne doit comporter que les membres du schéma' },
      listed(Object.keys(properties)),
    ),
  enum: (schema) => {
    const { enum: codes = [] } = schema
    return listing(
      { en: 'must be one of the codes of the list', fr: 'doit être l’un des codes de la liste' },
      codes.length > MOST_CODES ? titleOf(schema) : listed(codes),
    )
  },
  const: ({ const: value }) => {
    const wanted = JSON.stringify(value)
    return { en: `must be ${wanted}`, fr: `doit être ${wanted}` }
  },
  pattern: (schema) => {
    if (schema.pattern === NOT_BLANK)
      return { en: 'must not be empty or blank', fr: 'ne doit être ni vide ni composé d’espaces' }
    const form = schema.description === undefined ? titleOf(schema) : formOf(schema)
    return listing(
      { en: 'must have the form that the schema gives', fr: 'doit avoir la forme que donne le schéma' },
      form,
    )
  },
  minLength: ({ minLength }) => ({
    en: `must have at least ${minLength} characters`,
    fr: `doit compter au moins ${minLength} caractères`,
  }),
  maxLength: ({ maxLength }) => ({
    en: `must have at most ${maxLength} characters`,
    fr: `doit compter au plus ${maxLength} caractères`,
  }),
  minItems: ({ minItems }) => ({
    en: `must have at least ${minItems} item(s)`,
    fr: `doit compter au moins ${minItems} élément(s)`,
  }),
  maxItems: ({ maxItems }) => ({
    en: `must have at most ${maxItems} item(s)`,
    fr: `doit compter au plus ${maxItems} élément(s)`,
  }),
  uniqueItems: () => ({ en: 'must not give the same item twice', fr: 'ne doit pas donner deux fois le même élément' }),
  minimum: ({ minimum }) => ({ en: `must be ${minimum} or more`, fr: `doit être ${minimum} ou plus` }),
  maximum: ({ maximum }) => ({ en: `must be ${maximum} or less`, fr: `doit être ${maximum} ou moins` }),
}

function formOf({ description = '', 'x-descriptionFr': descriptionFr = '' }: Schema): Text {
  return { en: description, fr: descriptionFr }
}

function listing({ en, fr }: Text, what: Text | undefined): Text {
  return what === undefined ? { en, fr } : { en: `${en}: ${what.en}`, fr: `${fr}\u00a0: ${what.fr}` }
}

function listed(names: readonly unknown[]): Text {
  const list = names.map(String).join(', ')
  return { en: list, fr: list }
}
