import type { AnySchemaObject } from 'ajv/dist/2020.js'

/** A schema with one keyword deleted or loosened. */
export type Mutant = { readonly what: string; readonly schema: AnySchemaObject }

type Node = Record<string, unknown>

/** What a validator may ignore: words for people. SHA256SUMS and the test of the French hold these. */
const WORDS: ReadonlySet<string> = new Set([
  '$schema',
  'title',
  'description',
  'x-titleFr',
  'x-descriptionFr',
  'x-enumTitles',
  'examples',
])
/**
 * From 1.2 on a form that ends in `$` stands beside a `not` of line breaks, for those engines whose `$` also comes before the last one.
 * ECMA-262's does not, so that here nothing can notice it: `test/service/validators.test.ts` does, by an engine of that kind.
 */
const LINE_BREAKS = '[\\n\\r'
const HOLDS_ONE: ReadonlySet<string> = new Set(['items', 'if', 'then', 'else', 'not', 'contains'])
const HOLDS_SOME: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf'])
const HOLDS_NAMED: ReadonlySet<string> = new Set(['properties', '$defs'])
const LOOSER: Readonly<Record<string, number>> = {
  minLength: -1,
  minItems: -1,
  minimum: -1,
  maxLength: 1,
  maxItems: 1,
  maximum: 1,
}

/** No code of any list, and what the corpus tries as one. */
export const NO_CODE = 'not-a-code'

/** Gives every mutant of a schema: each keyword of each schema in it deleted, and loosened in each way it can be. */
export function* mutantsOf(schema: AnySchemaObject): Generator<Mutant> {
  for (const { pointer, node } of nodesOf(schema, [])) {
    for (const [keyword, value] of Object.entries(node)) {
      if (WORDS.has(keyword) || (keyword === 'not' && isOfLineBreaks(value))) continue
      for (const [what, replacement] of waysToLoosen(keyword, value)) {
        const { [keyword]: _, ...rest } = node
        const changed = replacement === undefined ? rest : { ...rest, [keyword]: replacement }
        yield { what: `${['', ...pointer, keyword].join('/')} ${what}`, schema: replaced(schema, pointer, changed) }
      }
    }
  }
}

function* nodesOf(node: Node, pointer: readonly string[]): Generator<{ pointer: readonly string[]; node: Node }> {
  yield { pointer, node }
  for (const [keyword, value] of Object.entries(node)) {
    if (!isNode(value) || isOfLineBreaks(value)) continue
    if (HOLDS_ONE.has(keyword)) yield* nodesOf(value, [...pointer, keyword])
    else if (HOLDS_SOME.has(keyword) || HOLDS_NAMED.has(keyword))
      for (const [name, inner] of Object.entries(value))
        if (isNode(inner)) yield* nodesOf(inner, [...pointer, keyword, name])
  }
}

function* waysToLoosen(keyword: string, value: unknown): Generator<readonly [string, unknown]> {
  yield ['deleted', undefined]
  const step = LOOSER[keyword]
  if (step !== undefined && typeof value === 'number') yield [`${step > 0 ? 'plus' : 'minus'} one`, value + step]
  if (keyword === 'type' && value === 'integer') yield ['any number', 'number']
  if (keyword === 'required' && Array.isArray(value))
    for (const name of value) yield [`without ${String(name)}`, value.filter((other) => other !== name)]
  if (keyword === 'enum' && Array.isArray(value)) {
    yield ['plus one', [...value, NO_CODE]]
    for (const code of value) yield [`without ${String(code)}`, value.filter((other) => other !== code)]
  }
  if (keyword === 'pattern' && typeof value === 'string') {
    if (value.startsWith('^')) yield ['with any beginning', value.slice(1)]
    if (value.endsWith('$')) yield ['with any end', value.slice(0, -1)]
  }
  if (HOLDS_SOME.has(keyword) && Array.isArray(value))
    for (const index of value.keys()) {
      yield [`without ${index}`, value.toSpliced(index, 1)]
      yield [`anything for ${index}`, value.with(index, true)]
    }
  if (HOLDS_NAMED.has(keyword) && isNode(value)) {
    for (const name of Object.keys(value)) yield [`anything for ${name}`, { ...value, [name]: true }]
  }
  if (HOLDS_ONE.has(keyword)) yield ['anything', true]
}

function replaced(node: Node, [name, ...rest]: readonly string[], changed: Node): AnySchemaObject {
  if (name === undefined) return changed
  const inner = replaced(node[name] as Node, rest, changed)
  return Array.isArray(node) ? Object.assign([...node], { [name]: inner }) : { ...node, [name]: inner }
}

function isOfLineBreaks(value: unknown): boolean {
  return isNode(value) && typeof value['pattern'] === 'string' && value['pattern'].startsWith(LINE_BREAKS)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}
