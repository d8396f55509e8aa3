import type { Text } from '../base/base.ts'
import { type CodeList, nearestCodes } from './nearest.ts'
import { titleOf } from './rule-titles.ts'

/** What a fault says: which rule, and what to do. Only what comes from the schema is named, and never what somebody typed. */

/** A longer list (the countries) is named by its title: a hundred faults must not give a quarter of a megabyte of codes. */
const MOST_CODES = 80
/** Of a list that is longer than this whoever reads it is shown where to look first. */
const FEW_CODES = 8

/** JSON's types in words. */
const TYPES: Readonly<Record<string, Text>> = {
  string: { en: 'a text', fr: 'un texte' },
  integer: { en: 'a whole number', fr: 'un nombre entier' },
  boolean: { en: 'true or false', fr: 'true (vrai) ou false (faux)' },
  array: { en: 'a list', fr: 'une liste' },
  object: { en: 'an object', fr: 'un objet' },
}

/** Texts that hold only white space break one of these, which deserves words of its own; from 1.2 on white space is written out. */
const NOT_BLANK = /^(?:\\S|\[\^\\t\\n\\x0b\\f\\r )/
const BLANK: Text = { en: 'must not be empty or blank', fr: 'ne doit être ni vide ni composé d’espaces' }

const OTHER: Text = { en: 'does not obey the schema', fr: 'n’est pas conforme au schéma' }

/** What is told as a whole, in the words of its title; what is inside tells less. */
export const RULES: ReadonlySet<string> = new Set(['anyOf', 'contains', 'not'])

type Schema = Readonly<Record<string, unknown>>
type Params = Readonly<Record<string, unknown>>
type Broken = {
  readonly params: Params
  readonly data?: unknown
  readonly schema: Schema
  readonly rule: Text | undefined
}
/** What Ajv says of an error, as far as it is read here; compiled with `verbose`, it has the schema that was broken, and the value. */
type AjvError = {
  readonly keyword: string
  readonly params: Params
  readonly parentSchema?: object | undefined
  readonly data?: unknown
}

const code = (value: unknown): string => JSON.stringify(value) ?? ''
const listed = (names: readonly unknown[]): string => names.map(String).join(', ')
/** Words that are alike in both languages, behind a colon as each sets it. */
const after = ({ en, fr }: Text, said: string): Text => ({ en: `${en}: ${said}`, fr: `${fr}\u00a0: ${said}` })

/** A bound of a text, a list or a number, in words. */
const bound =
  (en: string, fr: string, one?: Text) =>
  ({ params }: Broken): Text => {
    const limit = String(params['limit'])
    const words = limit === '1' && one !== undefined ? one : { en, fr }
    return { en: words.en.replace('#', limit), fr: words.fr.replace('#', limit) }
  }

/** What each keyword says. */
const messages: Readonly<Record<string, (broken: Broken) => Text>> = {
  type: ({ params }) => {
    const { en, fr } = TYPES[String(params['type'])] ?? OTHER
    return { en: `must be ${en}`, fr: `doit être ${fr}` }
  },
  required: ({ params }) => ({
    en: `must have the member ${code(params['missingProperty'])}`,
    fr: `doit comporter le membre ${code(params['missingProperty'])}`,
  }),
  unevaluatedProperties: ({ schema }) =>
    after(
      { en: 'must have no member but those of the schema', fr: 'ne doit comporter que les membres du schéma' },
      listed(Object.keys((schema['properties'] as object | undefined) ?? {})),
    ),
  enum: wordsOfList,
  const: ({ params }) => ({
    en: `must be ${code(params['allowedValue'])}`,
    fr: `doit être ${code(params['allowedValue'])}`,
  }),
  pattern: ({ params, schema }) => (NOT_BLANK.test(String(params['pattern'])) ? BLANK : wordsOfForm(schema)),
  minLength: bound('must have at least # characters', 'doit compter au moins # caractères', {
    en: 'must have at least 1 character',
    fr: 'doit compter au moins 1 caractère',
  }),
  maxLength: bound('must have at most # characters', 'doit compter au plus # caractères'),
  minItems: bound('must have at least # items', 'doit compter au moins # éléments', {
    en: 'must have at least 1 item',
    fr: 'doit compter au moins 1 élément',
  }),
  maxItems: bound('must have at most # items', 'doit compter au plus # éléments', {
    en: 'must have at most 1 item',
    fr: 'doit compter au plus 1 élément',
  }),
  uniqueItems: () => ({ en: 'must not give the same item twice', fr: 'ne doit pas donner deux fois le même élément' }),
  minimum: bound('must be # or more', 'doit être # ou plus'),
  maximum: bound('must be # or less', 'doit être # ou moins'),
  anyOf: (broken) => said(broken, choicesOf(broken.schema['anyOf']), 'give', 'donnez'),
  not: (broken) => said(broken, unwantedOf(broken.schema['not']), 'leave out', 'omettez'),
  contains: (broken) => said(broken, wantedOf(broken.schema['contains']), 'include', 'incluez'),
}

/** What an error of Ajv's says (compiled with `verbose`), and the title of the rule by which it is asked for. */
export function wordsOf({ keyword, params, parentSchema = {}, data }: AjvError, rule: Text | undefined): Text {
  const { en, fr } = messages[keyword]?.({ params, data, schema: { ...parentSchema }, rule }) ?? OTHER
  if (rule === undefined || RULES.has(keyword)) return { en, fr }
  return { en: `${en} (${rule.en})`, fr: `${fr} (${rule.fr})` }
}

/** The codes of a list, those that are near where there are many, and of a very long one its title and its address instead. */
function wordsOfList({ schema, data }: Broken): Text {
  const words: Text = { en: 'must be one of the codes of the list', fr: 'doit être l’un des codes de la liste' }
  const list = schema as Schema & CodeList
  const near = list.enum.length > FEW_CODES ? nearestCodes(data, list) : []
  const { en, fr } = list.enum.length > MOST_CODES ? named(words, schema) : after(words, listed(list.enum))
  if (near.length === 0) return { en, fr }
  return { en: `${en}; nearest: ${listed(near)}`, fr: `${fr}\u202f; au plus près\u00a0: ${listed(near)}` }
}

function named({ en, fr }: Text, schema: Schema): Text {
  const title = titleOf(schema)
  const { $id: id } = schema
  const address = typeof id === 'string' ? ` (${new URL(id).pathname})` : ''
  return title === undefined
    ? { en: en + address, fr: fr + address }
    : { en: `${en}: ${title.en}${address}`, fr: `${fr}\u00a0: ${title.fr}${address}` }
}

/** Where a description gives an example of its own it gives the one that it wants. */
const EXAMPLE = /\b(?:for instance|such as|e\.g\.|par exemple|tels? que|p\. ex\.)/

/** The form's own words, and an example of it. */
function wordsOfForm({ description, 'x-descriptionFr': descriptionFr, examples }: Schema): Text {
  const [example] = Array.isArray(examples) ? (examples as readonly string[]) : []
  const also = (words: string, instance: string): string =>
    example === undefined || EXAMPLE.test(words) ? words : `${words}, ${instance} ${example}`
  if (typeof description === 'string' && typeof descriptionFr === 'string')
    return {
      en: `must have this form: ${also(description, 'for example')}`,
      fr: `doit avoir cette forme\u00a0: ${also(descriptionFr, 'par exemple')}`,
    }
  return {
    en: also('must have the form that the schema gives', 'for example'),
    fr: also('doit avoir la forme que donne le schéma', 'par exemple'),
  }
}

/** A rule's own title, and what to do in the names of members and codes. */
function said({ schema, rule }: Broken, names: Text | undefined, en: string, fr: string): Text {
  const title = titleOf(schema) ?? rule ?? OTHER
  if (names === undefined) return title
  return { en: `${title.en} (${en} ${names.en})`, fr: `${title.fr} (${fr} ${names.fr})` }
}

const either = (names: readonly string[]): Text => ({ en: names.join(' or '), fr: names.join(' ou ') })

/** The members of which one is wanted; of a list in which a certain entry is wanted, that too. */
function choicesOf(branches: unknown): Text | undefined {
  if (!Array.isArray(branches)) return undefined
  const choices = (branches as readonly Schema[]).map((branch): Text => {
    const [name = ''] = requiredOf(branch)
    const { [name]: member } = (branch['properties'] ?? {}) as Readonly<Record<string, Schema | undefined>>
    const entry = wantedOf(member?.['contains'])
    if (entry === undefined) return { en: code(name), fr: code(name) }
    return { en: `${code(name)} with ${entry.en}`, fr: `${code(name)} avec ${entry.fr}` }
  })
  return { en: either(choices.map(({ en }) => en)).en, fr: either(choices.map(({ fr }) => fr)).fr }
}

/** The members that a `not` forbids. */
function unwantedOf(schema: unknown): Text | undefined {
  const { anyOf, ...own } = (schema ?? {}) as Schema
  const names = [own, ...(Array.isArray(anyOf) ? (anyOf as readonly Schema[]) : [])].flatMap(requiredOf)
  return names.length === 0 ? undefined : { en: names.map(code).join(', '), fr: names.map(code).join(', ') }
}

/** What an item must be: a code, or an object with a code. */
function wantedOf(schema: unknown): Text | undefined {
  const { const: value, properties } = (schema ?? {}) as Schema
  if (value !== undefined) return { en: code(value), fr: code(value) }
  const members = Object.entries((properties ?? {}) as Readonly<Record<string, Schema>>)
  const wanted = members.map(([name, member]) => `${code(name)}: ${code(member['const'])}`).join(', ')
  return members.length === 0 ? undefined : { en: wanted, fr: wanted }
}

const requiredOf = (schema: Schema): readonly string[] =>
  Array.isArray(schema['required']) ? (schema['required'] as readonly string[]) : []
