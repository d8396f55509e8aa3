import { html, type Html, type Piece } from '../../gateway/http/console/html.ts'
import type { Text } from '../../gateway/base/text.ts'
import { anchorOf } from './markdown.ts'
import type { Language } from './page.ts'
import type { Schema, Schemas } from './tree.ts'

const words = {
  member: { en: 'Member', fr: 'Membre' },
  value: { en: 'Value', fr: 'Valeur' },
  means: { en: 'What it says', fr: 'Ce qu’il dit' },
  required: { en: 'required', fr: 'obligatoire' },
  optional: { en: 'optional', fr: 'facultatif' },
  list: { en: 'list of', fr: 'liste de' },
  upTo: { en: 'at most', fr: 'au plus' },
  atLeast: { en: 'at least', fr: 'au moins' },
  codes: { en: 'codes', fr: 'codes' },
  always: { en: 'always', fr: 'toujours' },
  characters: { en: 'characters', fr: 'caractères' },
  rules: { en: 'Rules', fr: 'Règles' },
  string: { en: 'text', fr: 'texte' },
  integer: { en: 'whole number', fr: 'nombre entier' },
  number: { en: 'number', fr: 'nombre' },
  boolean: { en: 'true or false', fr: 'vrai ou faux' },
  object: { en: 'object', fr: 'objet' },
  array: { en: 'list', fr: 'liste' },
} as const satisfies Record<string, Text>

/** Of a longer list the page of code lists has the codes. */
const FEW = 6

/** What a page says of schemas, in a language, by links to where more is said. */
export type Fields = {
  title(schema: Schema): string
  description(schema: Schema): string
  /** A table of an object's members, and its rules. */
  table(schema: Schema): Html
  /** What a value may be. */
  value(schema: Schema): Html
}

/** Where a reference leads: to a form or object that other schemas share, or to a code list. */
export const nameOf = (ref: string): { readonly list?: string; readonly shared?: string } => {
  const [, list] = /codes\/(\w+)\.schema\.json$/.exec(ref) ?? []
  const [, shared] = /#\/(?:\$defs|components\/schemas)\/(\w+)$/.exec(ref) ?? []
  return { ...(list !== undefined && { list }), ...(shared !== undefined && { shared }) }
}

/** The anchor of what several schemas share. */
export const sharedAnchor = (name: string): string => `shared-${name}`
/** The anchor of a code list on its page. */
export const listAnchor = (name: string): string => anchorOf(name)

/**
 * @param shared what `$ref` leads to, by name
 * @param codes where the page of code lists stands, as seen from this page; nothing where there are none
 */
export function openFields(
  language: Language,
  { shared, schemas, codes }: { readonly shared: Schemas; readonly schemas: Schemas; readonly codes: string },
): Fields {
  const say = (key: keyof typeof words): string => words[key][language]
  const title = (schema: Schema): string => (language === 'fr' ? schema['x-titleFr'] : schema.title) ?? ''
  const description = (schema: Schema): string =>
    (language === 'fr' ? (schema['x-descriptionFr'] ?? schema.description) : schema.description) ?? ''

  function value(schema: Schema): Html {
    const { $ref, type, items, enum: codesOf } = schema
    if ($ref !== undefined) return reference($ref)
    if (schema.const !== undefined) return html`${say('always')} <code>${JSON.stringify(schema.const)}</code>`
    if (codesOf !== undefined) return enumeration(codesOf, schema['x-enumTitles'])
    const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf?.filter(({ $ref: ref }) => ref !== undefined)
    if (type === undefined && choices !== undefined) return html`${joined(choices.map(value), ' · ')}`
    if (items !== undefined) return html`${say('list')} ${value(items)}${bounds(schema.minItems, schema.maxItems)}`
    if (type === 'object' && schema.properties !== undefined) return html`${say('object')}${table(schema)}`
    const kind = type !== undefined && type in words ? say(type as keyof typeof words) : html`JSON`
    return html`${kind}${bounds(schema.minimum ?? schema.minLength, schema.maximum ?? schema.maxLength, type === 'string' ? say('characters') : '')}${example(schema)}`
  }

  const bounds = (least?: number, most?: number, unit = ''): Html =>
    html`${least !== undefined && `, ${say('atLeast')} ${least}`}${most !== undefined && `, ${say('upTo')} ${most}`}${(least !== undefined || most !== undefined) && unit !== '' && ` ${unit}`}`

  const example = ({ examples = [] }: Schema): Piece =>
    examples.length > 0 && html` (<code>${JSON.stringify(examples[0])}</code>)`

  function reference($ref: string): Html {
    const { list, shared: name } = nameOf($ref)
    if (list !== undefined) return codeList(list, schemas[`codes/${list}`] ?? {})
    const target = name === undefined ? undefined : shared[name]
    if (name === undefined || target === undefined) throw new Error(`${$ref} leads nowhere`)
    return html`<a class="govuk-link" href="#${sharedAnchor(name)}">${title(target) || name}</a>`
  }

  function codeList(name: string, schema: Schema): Html {
    const all = schema.enum ?? []
    const link = html`<a class="govuk-link" href="${codes}#${listAnchor(name)}">${title(schema)}</a>`
    if (all.length > FEW) return html`${link} (${all.length} ${say('codes')})`
    return html`${link}${colon()} ${enumeration(all, schema['x-enumTitles'])}`
  }

  const colon = (): string => (language === 'fr' ? '\u00A0:' : ':')

  function enumeration(all: readonly unknown[], titles: Readonly<Record<string, Text>> = {}): Html {
    const one = (code: unknown): Html => {
      const label = titles[String(code)]?.[language]
      return html`<code>${typeof code === 'string' ? code : JSON.stringify(code)}</code>${label !== undefined && ` ${label}`}`
    }
    return html`<ul class="docs-codes">${all.map((code) => html`<li>${one(code)}</li>`)}</ul>`
  }

  function table(schema: Schema): Html {
    const required = new Set(schema.required)
    const rows = Object.entries(schema.properties ?? {}).map(
      ([name, member]) => html`<tr class="govuk-table__row">
<th scope="row" class="govuk-table__header"><code>${name}</code> <span class="docs-${required.has(name) ? 'required' : 'optional'}">${say(required.has(name) ? 'required' : 'optional')}</span></th>
<td class="govuk-table__cell">${value(member)}</td>
<td class="govuk-table__cell">${title(member) !== '' && html`<strong>${title(member)}</strong> `}${prose(description(member))}</td>
</tr>
`,
    )
    return html`<div class="docs-scroll" tabindex="0"><table class="govuk-table docs-members">
<thead class="govuk-table__head"><tr class="govuk-table__row"><th scope="col" class="govuk-table__header">${say('member')}</th><th scope="col" class="govuk-table__header">${say('value')}</th><th scope="col" class="govuk-table__header">${say('means')}</th></tr></thead>
<tbody class="govuk-table__body">
${rows}</tbody></table></div>
${rules(schema)}`
  }

  function rules({ allOf = [] }: Schema): Piece {
    const titles = allOf.map(title).filter((words) => words !== '')
    return (
      titles.length > 0 &&
      html`<p class="govuk-body">${say('rules')}${colon()}</p><ul class="govuk-list govuk-list--bullet">${titles.map((words) => html`<li>${words}</li>`)}</ul>`
    )
  }

  return { title, description, table, value }
}

/** A text of the project's tables, in which \`code\` stands. */
export const prose = (text: string): Html =>
  html`${text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))}`

const joined = (pieces: readonly Html[], between: string): readonly Piece[] =>
  pieces.flatMap((piece, at) => (at === 0 ? [piece] : [between, piece]))

/** The names of all that schemas share and these refer to, each after those that refer to it first. */
export function reached(start: readonly Schema[], shared: Schemas): readonly string[] {
  const found = new Set<string>()
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const ref = '$ref' in value && typeof value.$ref === 'string' ? nameOf(value.$ref).shared : undefined
    if (ref !== undefined && !found.has(ref)) {
      found.add(ref)
      look(shared[ref])
    }
    Object.values(value).forEach(look)
  }
  look(start)
  return [...found]
}
