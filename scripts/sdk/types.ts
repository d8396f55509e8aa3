/** The SDK's types of what messages say, and the code lists with their labels, made from the published schemas of one release. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

type Schema = {
  readonly [keyword: string]: unknown
  readonly title?: string
  readonly 'x-titleFr'?: string
  readonly description?: string
  readonly type?: string
  readonly $ref?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly 'x-enumTitles'?: Readonly<Record<string, { readonly en: string; readonly fr: string }>>
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly $defs?: Readonly<Record<string, Schema>>
}

const SCHEMAS = join(import.meta.dirname, '../../schemas')
const NOTICE = (release: string) =>
  `// Made by scripts/make-sdk.ts from schemas/${release}: change those, in a new release, and make this again.\n`

/** Takes a release; gives `bodies.ts`, with a named type for each definition, each code list and each body. */
export function bodiesOf(release: string): string {
  const { definitions, lists, types } = read(release)
  const parts = [
    NOTICE(release),
    ...lists.map(([name, schema]) => declaration(codeName(name), schema)),
    ...Object.entries(definitions.$defs ?? {}).map(([name, schema]) => declaration(pascal(name), schema)),
    ...types.map(([type, schema]) => declaration(`${pascal(type)}Body`, schema)),
    '/** The body of each type of message. */',
    `export type Bodies = {\n${types.map(([type]) => `  readonly '${type}': ${pascal(type)}Body`).join('\n')}\n}\n`,
    '/** The codes of each list. */',
    `export type CodeLists = {\n${lists.map(([name]) => `  readonly ${name}: ${codeName(name)}`).join('\n')}\n}\n`,
  ]
  return parts.join('\n')
}

/** Takes a release; gives `labels.ts`: each code list's title and what each of its codes means, in both languages. */
export function labelsOf(release: string): string {
  const { lists } = read(release)
  const entries = lists.map(([name, schema]) => {
    const codes = Object.entries(schema['x-enumTitles'] ?? {}).map(
      ([code, text]) => `      ${quoted(code)}: ${words(text)},`,
    )
    const title = { en: schema.title ?? '', fr: schema['x-titleFr'] ?? '' }
    return `  ${name}: {\n    title: ${words(title)},\n    codes: {\n${codes.join('\n')}\n    },\n  },`
  })
  return [
    NOTICE(release),
    "import type { Text } from '../problem.ts'",
    "import type { CodeLists } from './bodies.ts'\n",
    '/** Each code list: its title, and what its codes mean. */',
    'export const labels: {',
    '  readonly [List in keyof CodeLists]: {',
    '    readonly title: Text',
    '    readonly codes: { readonly [Code in CodeLists[List]]: Text }',
    '  }',
    '} = {',
    ...entries,
    '}\n',
  ].join('\n')
}

function read(release: string) {
  const folder = join(SCHEMAS, release)
  const schema = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Schema
  const envelope = schema('envelope.schema.json').properties ?? {}
  const types = (envelope['type']?.enum ?? []).map(
    (type) => [String(type), schema(`${String(type)}.schema.json`)] as const,
  )
  const lists = readdirSync(join(folder, 'codes'))
    .toSorted()
    .map((file) => [basename(file, '.schema.json'), schema(`codes/${file}`)] as const)
  const own = (['type', 'priority'] as const).map(
    (name) => [name === 'type' ? 'messageType' : name, envelope[name] ?? {}] as const,
  )
  return { definitions: schema('definitions.schema.json'), lists: [...lists, ...own], types }
}

function declaration(name: string, schema: Schema): string {
  return `${comment(schema, '')}export type ${name} = ${typeOf(schema, '')}\n`
}

function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return referred(schema.$ref)
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
  if (schema.type === 'integer') return 'number'
  if (schema.type === 'array') return `readonly ${item(typeOf(schema.items ?? {}, indent))}[]`
  if (schema.type === 'object') return object(schema, indent)
  if (schema.type === 'string' || schema.type === 'boolean') return schema.type
  throw new Error(`no type for ${JSON.stringify(schema)}`)
}

function object({ properties = {}, required = [] }: Schema, indent: string): string {
  const deeper = `${indent}  `
  const members = Object.entries(properties).map(
    ([name, schema]) =>
      `${comment(schema, deeper)}${deeper}readonly ${name}${required.includes(name) ? '' : '?'}: ${typeOf(schema, deeper)}`,
  )
  return `{\n${members.join('\n')}\n${indent}}`
}

/** English title and description, and the French title: what an editor shows. */
function comment(schema: Schema, indent: string): string {
  const { title, description, 'x-titleFr': titleFr } = schema
  const english = [title, description].filter((text) => text !== undefined).join('. ')
  const text = titleFr === undefined ? english : `${english} [${titleFr}]`
  return text === '' ? '' : `${indent}/** ${text.replaceAll('*/', '* /')} */\n`
}

function referred(ref: string): string {
  const list = /^codes\/(\w+)\.schema\.json$/.exec(ref)?.[1]
  const definition = /#\/\$defs\/(\w+)$/.exec(ref)?.[1]
  if (list === undefined && definition === undefined) throw new Error(`no type for ${ref}`)
  return list === undefined ? pascal(definition ?? '') : codeName(list)
}

const item = (type: string): string => (/^\w+$/.test(type) || type.startsWith('{') ? type : `(${type})`)
/** `Date` is something else in JavaScript. */
const pascal = (name: string): string =>
  name === 'date' ? 'CalendarDate' : name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
const codeName = (list: string): string =>
  list === 'messageType' || list === 'priority' ? pascal(list) : `${pascal(list).replace(/Code$/, '')}Code`
const literal = (value: unknown): string => (typeof value === 'string' ? quoted(value) : JSON.stringify(value))
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const words = ({ en, fr }: { readonly en: string; readonly fr: string }): string =>
  `{ en: ${quoted(en)}, fr: ${quoted(fr)} }`
