/** A message as a page that people read: the titles of its schema, and what its codes mean, in their language. */
import { labels } from '../generated/labels.ts'
import type { Envelope } from '../message.ts'
import type { Text } from '../problem.ts'
import { isObject } from '../shape.ts'
import { type Placed, type Release, resolve, type Schema } from '../validate/schema.ts'
import { releases, schemasOf } from '../validate/validate.ts'
import { type Terminal, wrap } from './terminal.ts'

const yes: Text = { en: 'yes', fr: 'oui' }
const no: Text = { en: 'no', fr: 'non' }
/** What an envelope says, besides its body, in this order. */
const MEMBERS = ['priority', 'from', 'to', 'respondBy', 'caseId', 'id', 'inReplyTo', 'attachments'] as const

/** Takes an envelope; gives its page. What the schemas do not know is shown as it is. */
export function pageOf(envelope: Envelope, terminal: Terminal): string {
  const known = releases()
  const release = schemasOf(known.find((each) => each === envelope.schemaVersion) ?? known.at(-1) ?? '')
  const types: Readonly<Record<string, Text>> = labels.messageType.codes
  const title = terminal.of(types[envelope.type] ?? { en: envelope.type, fr: envelope.type })
  const head = MEMBERS.filter((name) => envelope[name] !== undefined)
  const members = Object.fromEntries(head.map((name) => [name, envelope[name]]))
  const around = { schema: release['envelope.schema.json'] ?? {}, file: 'envelope.schema.json' }
  const file = `${envelope.type}.schema.json`
  const body = { schema: release[file] ?? {}, file }
  return [
    terminal.paint.strong(title),
    terminal.paint.strong('═'.repeat(Math.min(title.length, terminal.columns))),
    ...linesOf(release, around, members, '', terminal),
    '',
    ...linesOf(release, body, envelope.body, '', terminal),
  ].join('\n')
}

function linesOf(
  release: Release,
  placed: Placed,
  value: object,
  indent: string,
  terminal: Terminal,
): readonly string[] {
  const { of, paint, language } = terminal
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const member = placed.schema.properties?.[name] ?? {}
    const target = follow(release, { schema: member, file: placed.file })
    const title = of({
      en: member.title ?? target.schema.title ?? name,
      fr: member['x-titleFr'] ?? target.schema['x-titleFr'] ?? name,
    })
    const label = paint.strong(`${title}${language === 'fr' ? '\u00a0:' : ':'}`)
    const plain = plainOf(target.schema, inner, terminal)
    if (plain !== undefined) return wrap(plain, terminal.columns, `${indent}${label} `, `${indent}  `)
    return [`${indent}${label}`, ...within(release, target, inner, `${indent}  `, terminal)]
  })
}

/** What is in an object, or each item of a list after a dash. */
function within(
  release: Release,
  placed: Placed,
  value: unknown,
  indent: string,
  terminal: Terminal,
): readonly string[] {
  if (!Array.isArray(value)) return isObject(value) ? linesOf(release, placed, value, indent, terminal) : []
  const item = follow(release, { schema: placed.schema.items ?? {}, file: placed.file })
  return value.flatMap((each: unknown) => {
    const plain = plainOf(item.schema, each, terminal)
    if (plain !== undefined) return wrap(plain, terminal.columns, `${indent}– `, `${indent}  `)
    const [first = '', ...rest] = within(release, item, each, `${indent}  `, terminal)
    return [`${indent}– ${first.trimStart()}`, ...rest]
  })
}

function follow(release: Release, placed: Placed): Placed {
  const { $ref } = placed.schema
  return $ref === undefined ? placed : follow(release, resolve(release, $ref, placed.file))
}

/** What fits in a line: a text, a number, what a code means; of a list of those, all of them. */
function plainOf(schema: Schema, value: unknown, terminal: Terminal): string | undefined {
  if (Array.isArray(value)) return value.length === 0 ? '–' : undefined
  if (isObject(value)) return undefined
  const meaning = schema['x-enumTitles']?.[String(value)]
  if (meaning !== undefined) return terminal.of(meaning)
  if (typeof value === 'boolean') return terminal.of(value ? yes : no)
  return printable(String(value))
}

/** A text of somebody else's: it must not move the cursor, nor change the direction of what stands after it. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what a terminal obeys
  return text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '�')
}
