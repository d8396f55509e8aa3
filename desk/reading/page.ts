import type { AnyEnvelope, Text } from '../../sdk/browser.ts'
import { isObject } from '../../sdk/shape.ts'
import { type Placed, type Release, resolve, type Schema } from '../../sdk/validate/schema.ts'

/**
 * A message as a page for people, made from the schema of its release: nothing here knows any type. What a schema does not describe is shown all the same, by the
 * name that it has.
 */
export type Page = {
  /** What is to be known before anything is done: safety alerts, who may be told. */
  readonly first: readonly Block[]
  /** What the child wants and says. */
  readonly child: readonly Block[]
  readonly rest: readonly Block[]
  /** Law and handling, folded. */
  readonly folded: readonly Block[]
}

/** A titled part of the page. */
export type Block =
  | { readonly is: 'value'; readonly label: Text; readonly values: readonly Value[] }
  | { readonly is: 'group'; readonly label: Text; readonly blocks: readonly Block[] }

export type Value =
  | { readonly is: 'text'; readonly text: string }
  /** `label` is absent where the list that this desk has does not know the code. */
  | { readonly is: 'code'; readonly code: string; readonly label?: Text }
  | { readonly is: 'flag'; readonly flag: boolean }
  | { readonly is: 'number'; readonly number: number }
  /** A date as exactly as it is known, or a time in UTC. */
  | { readonly is: 'moment'; readonly text: string }
  | { readonly is: 'attachment'; readonly digest: string }
  | {
      readonly is: 'narrative'
      readonly text: string
      readonly language: string
      readonly translations: readonly Translation[]
    }

export type Translation = {
  readonly text: string
  readonly language: string
  readonly method: Value
  /** Nobody has read it. */
  readonly isMachine: boolean
}

/** Definitions, and code lists, by which a member stands first or last, whatever type it is in. */
const FIRST = new Set(['alert', 'mayTell'])
const CHILD = new Set(['childViews'])
const FOLDED = new Set(['dataProtection', 'handling', 'retention'])
const DIGEST = /^sha-256:[A-Za-z0-9_-]{43}$/
const MOMENT = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?Z)?)?)?$/
const DATES = new Set(['date', 'partialDate', 'dateTime', 'moment', 'whenKnown'])
/** Deeper no published schema goes, and no message that the gateway accepts. */
const DEEPEST = 32

/** Takes the schemas of the message's release and the message; gives its page. A type that the release does not have has no words of its own. */
export function pageOf(release: Release, { type, body }: Pick<AnyEnvelope, 'type' | 'body'>): Page {
  const file = `${type}.schema.json`
  const placed: Placed = { schema: release[file] ?? {}, file }
  const blocks = membersOf(release, placed, body as Readonly<Record<string, unknown>>, 0)
  const among = (names: ReadonlySet<string>) => blocks.flatMap(({ name, block }) => (names.has(name) ? [block] : []))
  const placedElsewhere = new Set([...FIRST, ...CHILD, ...FOLDED])
  return {
    first: among(FIRST),
    child: among(CHILD),
    rest: blocks
      .flatMap(({ name, block }) => (placedElsewhere.has(name) ? [] : [block]))
      .toSorted((one, other) => Number(isTold(other)) - Number(isTold(one))),
    folded: among(FOLDED),
  }
}

/** What its sender tells in sentences is read before what was chosen from lists. */
const isTold = (block: Block): boolean => block.is === 'value' && block.values.some(({ is }) => is === 'narrative')

/** Whether the schema of a type has room to say who may be told, and the message does not say it. */
export function leavesOpenWhoMayBeTold(release: Release, { type, body }: Pick<AnyEnvelope, 'type' | 'body'>): boolean {
  const file = `${type}.schema.json`
  const members = Object.entries(release[file]?.properties ?? {})
  return members.some(([member, schema]) => nameOf(schema) === 'mayTell' && !Object.hasOwn(body, member))
}

type Named = { readonly name: string; readonly block: Block }

/** In the order of the schema; what it does not know, at the end. */
function membersOf(
  release: Release,
  { schema, file }: Placed,
  value: Readonly<Record<string, unknown>>,
  depth: number,
): readonly Named[] {
  const known = schema.properties ?? {}
  const names = [...Object.keys(known), ...Object.keys(value).filter((name) => !Object.hasOwn(known, name))]
  return names.flatMap((name) => {
    if (!Object.hasOwn(value, name)) return []
    const member = { schema: known[name] ?? {}, file }
    const label = titleOf(release, member) ?? { en: name, fr: name }
    return [{ name: nameOf(member.schema), block: blockOf(release, member, label, value[name], depth + 1) }]
  })
}

function blockOf(release: Release, member: Placed, label: Text, value: unknown, depth: number): Block {
  if (depth > DEEPEST) return { is: 'value', label, values: [{ is: 'text', text: '…' }] }
  const placed = follow(release, member)
  if (Array.isArray(value)) {
    const items: Placed = { schema: placed.schema.items ?? {}, file: placed.file }
    const blocks = value.map((item: unknown) =>
      blockOf(release, items, titleOf(release, items) ?? label, item, depth + 1),
    )
    const values = blocks.flatMap((block) => (block.is === 'value' ? block.values : []))
    return blocks.every(({ is }) => is === 'value') ? { is: 'value', label, values } : { is: 'group', label, blocks }
  }
  if (!isObject(value)) return { is: 'value', label, values: [valueOf(member, placed, value)] }
  const narrative = narrativeOf(release, placed, value)
  if (narrative !== undefined) return { is: 'value', label, values: [narrative] }
  return { is: 'group', label, blocks: membersOf(release, placed, value, depth).map(({ block }) => block) }
}

function valueOf(member: Placed, { schema }: Placed, value: unknown): Value {
  // Yes and no, also where a list that has «unknown» as well calls them true and false.
  if (typeof value === 'boolean') return { is: 'flag', flag: value }
  const titles = schema['x-enumTitles']
  if (titles !== undefined || schema.enum !== undefined) {
    const code = String(value)
    const label = titles !== undefined && Object.hasOwn(titles, code) ? titles[code] : undefined
    return { is: 'code', code, ...(label !== undefined && { label }) }
  }
  if (typeof value === 'number') return { is: 'number', number: value }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (DIGEST.test(text)) return { is: 'attachment', digest: text }
  if (DATES.has(nameOf(member.schema)) && MOMENT.test(text)) return { is: 'moment', text }
  return { is: 'text', text }
}

/** A text with its language, and its translations: known by what its schema says, and not by where it stands. */
function narrativeOf(release: Release, placed: Placed, value: Readonly<Record<string, unknown>>): Value | undefined {
  const { properties = {} } = placed.schema
  const isNarrative = ['text', 'language', 'translations'].every((name) => Object.hasOwn(properties, name))
  const { text, language, translations = [] } = value
  if (!isNarrative || typeof text !== 'string' || typeof language !== 'string' || !Array.isArray(translations))
    return undefined
  const items = follow(release, { schema: properties['translations'] ?? {}, file: placed.file })
  const each = follow(release, { schema: items.schema.items ?? {}, file: items.file })
  const method: Placed = { schema: each.schema.properties?.['method'] ?? {}, file: each.file }
  return {
    is: 'narrative',
    text,
    language,
    translations: translations.filter(isObject).map((one) => ({
      text: String(one['text']),
      language: String(one['language']),
      method: valueOf(method, follow(release, method), one['method']),
      // What is not known to be a person's is not taken for one.
      isMachine: one['method'] !== 'human' && one['method'] !== 'machine-checked',
    })),
  }
}

/** What a reference leads to; where it leads nowhere, nothing is known. */
function follow(release: Release, placed: Placed): Placed {
  let { schema, file } = placed
  for (let steps = 0; schema.$ref !== undefined && steps < DEEPEST; steps++) {
    try {
      ;({ schema, file } = resolve(release, schema.$ref, file))
    } catch {
      return { schema: {}, file }
    }
  }
  return { schema, file }
}

function titleOf(release: Release, placed: Placed): Text | undefined {
  for (const { schema } of [placed, follow(release, placed)]) {
    const { title, 'x-titleFr': titleFr } = schema
    if (title !== undefined && titleFr !== undefined) return { en: title, fr: titleFr }
  }
  return undefined
}

/** The definition or the code list that a member, or its items, refer to. */
function nameOf(schema: Schema): string {
  const reference = schema.$ref ?? schema.items?.$ref ?? ''
  return /([^/#]+?)(?:\.schema\.json)?$/.exec(reference)?.[1] ?? ''
}
