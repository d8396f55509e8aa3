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
/** A text that holds only white space breaks one of these, which deserves words of its own; from 1.2 on white space is written out. */
const NOT_BLANK = /^(?:\\S|\[\^\\t\\n\\x0b\\f\\r )/
/** Where a description gives an example of its own it gives the one that it wants. */
const EXAMPLE = /\b(?:for instance|such as|e\.g\.|par exemple|tels? que|p\. ex\.)/

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
  en: `must have the member ${JSON.stringify(name)}`,
  fr: `doit comporter le membre ${JSON.stringify(name)}`,
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
    if (NOT_BLANK.test(schema.pattern ?? ''))
      return { en: 'must not be empty or blank', fr: 'ne doit être ni vide ni composé d’espaces' }
    return listing({ en: 'must have this form', fr: 'doit avoir cette forme' }, formOf(schema))
  },
  minLength: ({ minLength = 0 }) => ({
    en: `must have at least ${counted(minLength, 'character')}`,
    fr: `doit compter au moins ${counted(minLength, 'caractère')}`,
  }),
  maxLength: ({ maxLength = 0 }) => ({
    en: `must have at most ${counted(maxLength, 'character')}`,
    fr: `doit compter au plus ${counted(maxLength, 'caractère')}`,
  }),
  minItems: ({ minItems = 0 }) => ({
    en: `must have at least ${counted(minItems, 'item')}`,
    fr: `doit compter au moins ${counted(minItems, 'élément')}`,
  }),
  maxItems: ({ maxItems = 0 }) => ({
    en: `must have at most ${counted(maxItems, 'item')}`,
    fr: `doit compter au plus ${counted(maxItems, 'élément')}`,
  }),
  uniqueItems: () => ({ en: 'must not give the same item twice', fr: 'ne doit pas donner deux fois le même élément' }),
  minimum: ({ minimum }) => ({ en: `must be ${minimum} or more`, fr: `doit être ${minimum} ou plus` }),
  maximum: ({ maximum }) => ({ en: `must be ${maximum} or less`, fr: `doit être ${maximum} ou moins` }),
}

/** The form's own words, and an example of it where they give none. */
function formOf({ title = '', 'x-titleFr': titleFr = '', ...schema }: Schema): Text {
  const [example] = schema.examples ?? []
  const also = (words: string, such: string): string =>
    example === undefined || EXAMPLE.test(words) ? words : `${words}, ${such} ${example}`
  return {
    en: also(schema.description ?? title, 'for example'),
    fr: also(schema['x-descriptionFr'] ?? titleFr, 'par exemple'),
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

function listing({ en, fr }: Text, what: Text | undefined): Text {
  return what === undefined ? { en, fr } : { en: `${en}: ${what.en}`, fr: `${fr}\u00a0: ${what.fr}` }
}

function listed(names: readonly unknown[]): Text {
  const list = names.map(String).join(', ')
  return { en: list, fr: list }
}
