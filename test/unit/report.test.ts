import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { takeApart } from '../../scripts/schemas/subjects.ts'

const root = join(import.meta.dirname, '../..')
const report = readFileSync(join(root, 'docs/report.md'), 'utf8')
const files = await loadSchemaFolder(join(root, 'schemas'))
const subjects = takeApart(files, '1.1')

type Row = { section: string; fact: string; type: string; pointer: string; values: readonly string[]; carried: string }
const rows = [...report.matchAll(/^\| (.+?) \| (.+?) \| `([a-z-]+)` \| `(\/.+?)` \| (.*?) ?\| (✓|–) \|$/gm)].map(
  ([, section = '', fact = '', type = '', pointer = '', values = '', carried = '']): Row => {
    return {
      section,
      fact,
      type,
      pointer,
      values: [...values.matchAll(/`(.+?)`/g)].map(([, value = '']) => value),
      carried,
    }
  },
)

/** Gives the schema of what a pointer names, or undefined where the schema has no such member. */
function schemaAt(type: string, pointer: string): AnySchemaObject | undefined {
  let schema = subjects.get(type)
  for (const name of pointer.split('/').slice(1)) {
    const held: AnySchemaObject | undefined = name === '*' ? schema?.['items'] : schema?.['properties']?.[name]
    schema = target(held)
  }
  return schema
}

function target(schema: AnySchemaObject | undefined): AnySchemaObject | undefined {
  const reference: unknown = schema?.['$ref']
  return typeof reference === 'string' ? target(subjects.get(reference.slice('urn:passerelle:'.length))) : schema
}

/** Gives each value that an instance has at a pointer. */
function* valuesAt(value: unknown, [name, ...rest]: readonly string[]): Generator {
  if (name === undefined) yield value
  else if (typeof value !== 'object' || value === null) return
  else if (name === '*' && Array.isArray(value)) for (const item of value) yield* valuesAt(item, rest)
  else if (Object.hasOwn(value, name)) yield* valuesAt((value as Record<string, unknown>)[name], rest)
}

function isCarried({ type, pointer, values }: Row): boolean {
  const examples = JSON.parse(files.published.get(`1.1/${type}.examples.json`)?.toString('utf8') ?? '[]') as {
    body: unknown
  }[]
  const names = pointer.split('/').slice(1)
  const found = examples.flatMap(({ body }) => [...valuesAt(body, names)].map(String))
  return values.length === 0 ? found.length > 0 : values.some((value) => found.includes(value))
}

test('the table has a row for each statement, in the form that is read here', () => {
  const lines = report.split('\n').filter((line) => line.startsWith('| ') && / (✓|–) \|$/.test(line))
  expect(rows).toHaveLength(lines.length)
  expect(rows.length).toBeGreaterThan(150)
  expect(rows.filter(({ carried }) => carried === '–').length).toBeLessThan(10)
})

describe.each(rows)('$section: $fact', (row) => {
  test('the member is there, and takes what is told', () => {
    const schema = schemaAt(row.type, row.pointer)
    expect(schema, `${row.type} ${row.pointer}`).toBeDefined()
    const codes = schema?.['enum'] as readonly unknown[] | undefined
    if (codes !== undefined) expect(codes.map(String)).toEqual(expect.arrayContaining([...row.values]))
  })

  test('an example carries it where the table says so', () => {
    expect(isCarried(row)).toBe(row.carried === '✓')
  })
})

test('each box and branch of Figure 1 has a row', () => {
  const sections = new Set(rows.map(({ section }) => section))
  for (const box of ['box 1', 'box 2', 'box 3', 'box 4', 'branch b', 'branch c', 'box 5', 'box 6', 'box 7'])
    expect(sections).toContain(`Figure 1, ${box}`)
})

test('each agency has a kind and roles that the registry knows', () => {
  const registry = JSON.parse(readFileSync(join(root, 'schemas/agencies.schema.json'), 'utf8')) as AnySchemaObject
  const { kind, roles } = registry['$defs'].agency.properties
  const agencies = [...report.matchAll(/^\| .+ \| .+ \| `([a-z-]+)` \| ((?:`[a-z-]+`(?:, )?)+) \|$/gm)]
  expect(agencies.length).toBeGreaterThanOrEqual(6)
  for (const [, of, held = ''] of agencies) {
    expect(kind.enum).toContain(of)
    for (const [, role] of held.matchAll(/`(.+?)`/g)) expect(roles.items.enum).toContain(role)
  }
  const held = agencies.map(([, , all]) => all).join()
  for (const role of roles.items.enum) expect(held).toContain(`\`${role}\``)
})

test('what is left out is left out: no schema asks why a child left home', () => {
  for (const [subject, schema] of subjects) expect(JSON.stringify(schema), subject).not.toContain('reasonForLeaving"')
})
