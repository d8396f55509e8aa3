import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { compileSchemas } from '../../gateway/protocol/schemas.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { applyEdits, readCorpus, readRules } from '../../scripts/schemas/corpus.ts'
import { openCourt, takeApart } from '../../scripts/schemas/subjects.ts'

const folder = join(import.meta.dirname, '../../schemas')
const files = await loadSchemaFolder(folder)
const schemas = compileSchemas(files)

/** How much each release has, the oldest first: a new one has its row. */
const RELEASES = [
  { version: '1.0', count: 13, lists: 93, definitions: 54 + 11 },
  { version: '1.1', count: 13, lists: 103, definitions: 60 + 13 },
  { version: '1.2', count: 13, lists: 103, definitions: 60 + 13 },
] as const
const frozen = await Promise.all(
  RELEASES.map(async ({ version }) => {
    const fixtures = join(import.meta.dirname, 'fixtures/schemas', version)
    const subjects = takeApart(files, version)
    const [corpus, rules] = await Promise.all([readCorpus(fixtures), readRules(fixtures)])
    return { version, subjects, corpus, rules, court: openCourt(subjects) }
  }),
)

const textOf = (path: string): string => files.published.get(path)?.toString('utf8') ?? ''
const documents = [...files.published.keys()]
  .filter((path) => path.endsWith('.schema.json'))
  .map((path) => [path, JSON.parse(textOf(path)) as AnySchemaObject] as const)

/** Every schema within a schema, with its place. */
function* within(schema: AnySchemaObject, place: string): Generator<readonly [string, AnySchemaObject]> {
  yield [place, schema]
  for (const keyword of ['properties', '$defs', 'allOf', 'anyOf', 'items', 'if', 'then', 'else', 'not', 'contains']) {
    const held: unknown = schema[keyword]
    if (typeof held !== 'object' || held === null) continue
    const inner = ['items', 'if', 'then', 'else', 'not', 'contains'].includes(keyword)
      ? [['', held] as const]
      : Object.entries(held)
    for (const [name, each] of inner) yield* within(each as AnySchemaObject, `${place}/${keyword}/${name}`)
  }
}
const nodes = documents.flatMap(([path, document]) => [...within(document, path)])

test('the releases are those of the catalogue: each has its folder, and its row in RELEASES above', () => {
  const folders = new Set([...files.published.keys()].map((path) => path.split('/', 1)[0] ?? ''))
  const versions = schemas.releases.map(({ version }) => version)
  expect(folders, 'folders, and the catalogue').toEqual(new Set(versions))
  expect(versions, 'the catalogue, and RELEASES').toEqual(RELEASES.map(({ version }) => version))
})

test('the newest is current, and those before are deprecated', () => {
  const [first, ...later] = schemas.releases.map(({ status }) => status).toReversed()
  expect([first, ...later]).toEqual(['current', ...later.map(() => 'deprecated')])
  expect(schemas.releases[0]).toMatchObject({ version: '1.0', sunset: '2027-12-01T00:00:00Z' })
})

describe.each(RELEASES)('release $version is published', ({ version, count, lists, definitions }) => {
  const types = schemas.releases.find((release) => release.version === version)?.types ?? []

  test('as SHA256SUMS froze it: not a byte has changed, no file has come or gone', async () => {
    const sums = (await readFile(join(folder, version, 'SHA256SUMS'), 'utf8')).trimEnd().split('\n')
    const now = [...files.published]
      .filter(([path]) => path.startsWith(`${version}/`))
      .map(([path, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${path.replace(`${version}/`, '')}`)
    expect(sums.toSorted()).toEqual(now.toSorted())
  })

  test('with an envelope that knows its number, each type and the body of each', () => {
    const envelope = JSON.parse(textOf(`${version}/envelope.schema.json`)) as AnySchemaObject
    const { type, schemaVersion } = envelope['properties'] as Record<string, AnySchemaObject>
    expect(schemaVersion?.['const'], 'schemaVersion').toBe(version)
    expect(type?.['enum'], 'type').toEqual(types)
    const bodies = (envelope['allOf'] as readonly AnySchemaObject[]).flatMap(({ if: where, then: said }) => {
      const of: unknown = where?.properties?.type?.const
      return of === undefined ? [] : [[of, said?.properties?.body?.$ref]]
    })
    expect(bodies, 'allOf').toEqual(types.map((one) => [one, `${one}.schema.json`]))
  })

  test('with all that the domain has: its types, an envelope, the code lists and the countries', () => {
    expect(types).toHaveLength(count)
    for (const type of types) expect(files.published.has(`${version}/${type}.schema.json`)).toBe(true)
    expect(documents.filter(([path]) => path.startsWith(`${version}/codes/`))).toHaveLength(lists + 1)
    const subjects = frozen.find((release) => release.version === version)?.subjects ?? new Map<string, unknown>()
    expect([...subjects.keys()].filter((subject) => subject.startsWith('definitions/'))).toHaveLength(definitions)
  })
})

describe('every schema is', () => {
  test('JSON Schema 2020-12, each with an $id by which the others find it', () => {
    const ajv = new Ajv2020({ strict: false })
    for (const [path, document] of documents) {
      expect(document['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
      expect(document['$id']).toBe(`https://passerelle.example/schemas/${path}`)
      expect(ajv.validateSchema(document), path).toBe(true)
    }
  })

  test('one with references to published files alone, relative as they are served', () => {
    for (const [place, { $id, $ref }] of nodes) {
      if ($id !== undefined || $ref === undefined) continue
      const [path = ''] = place.split('.schema.json')
      const target = new URL($ref, `https://passerelle.example/${path}.schema.json`)
      expect(files.published.has(target.pathname.slice(1)), `${place}: ${$ref}`).toBe(true)
    }
  })
})

describe('everything is said in English and in French', () => {
  const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== ''

  test('every schema, definition and member has a title and a description', () => {
    for (const [place, node] of nodes.filter(
      ([at]) => /(\.json|properties\/\w+|\$defs\/\w+)$/.test(at) && !/\/(if|then|else|contains|anyOf)\//.test(at),
    )) {
      const isRule = place.includes('/allOf/')
      const words = isRule ? [] : ['title', 'x-titleFr', 'description', 'x-descriptionFr']
      for (const word of words) expect(isText(node[word]), `${place} ${word}`).toBe(true)
    }
  })

  test('every rule has a title, which is what a fault says', () => {
    for (const [place, node] of nodes.filter(([at]) => /\/allOf\/\d+$/.test(at)))
      for (const word of ['title', 'x-titleFr']) expect(isText(node[word]), `${place} ${word}`).toBe(true)
    for (const [place, node] of nodes.filter(
      ([at, { contains, not, anyOf }]) =>
        !/\/(then|else|anyOf|if)(\/|$)/.test(at) && (contains ?? not ?? anyOf) !== undefined,
    ))
      expect(isText(node['x-titleFr']), place).toBe(true)
  })

  test('every code has both titles', () => {
    for (const [place, node] of nodes.filter(
      ([at, { enum: codes }]) => codes !== undefined && !/\/(if|not)\//.test(at) && !at.endsWith('mediaType'),
    )) {
      expect(Object.keys(node['x-enumTitles'] ?? {}).toSorted(), place).toEqual(
        [...(node['enum'] as string[])].map(String).toSorted(),
      )
      for (const title of Object.values<{ en: string; fr: string }>(node['x-enumTitles']))
        expect(isText(title.en) && isText(title.fr), place).toBe(true)
    }
  })

  test('the French is French: what is alike in both is a name or a code', () => {
    const pairs = nodes.flatMap(([, node]) => [
      [node['description'], node['x-descriptionFr']],
      ...Object.values<{ en: string; fr: string }>(node['x-enumTitles'] ?? {}).map(({ en, fr }) => [en, fr]),
    ])
    const said = pairs.filter(([en]) => typeof en === 'string' && en.includes(' '))
    expect(said.length).toBeGreaterThan(1000)
    const alike = said.filter(([en, fr]) => en === fr).map(([en]) => String(en))
    expect(alike.filter((en) => /\b(the|of|is|where|with|by|not)\b/i.test(en))).toEqual([])
    expect(alike.length).toBeLessThan(50)
  })
})

describe('every schema is closed and bounded', () => {
  test('an object takes no member that it does not know', () => {
    const objects = nodes.filter(([, { type, properties }]) => type === 'object' && properties !== undefined)
    expect(objects.length).toBeGreaterThan(60)
    for (const [place, node] of objects) expect(node['unevaluatedProperties'], place).toBe(false)
  })

  test('a text and a list have a greatest length', () => {
    for (const [place, { type, maxItems, maxLength, pattern, items }] of nodes) {
      if (type === 'array') expect(maxItems, place).toBeLessThanOrEqual(40)
      if (items === undefined && type === 'string' && !place.includes('/items/'))
        expect(maxLength !== undefined || pattern.endsWith('$'), place).toBe(true)
    }
  })

  test('a text is never empty or blank', () => {
    for (const [place, { type, pattern, $ref }] of nodes)
      if (type === 'string' && $ref === undefined) expect(pattern, place).toBeDefined()
  })
})

describe.each(frozen)('the frozen corpus of $version is judged as ever', ({ corpus, court, subjects }) => {
  test.each([...corpus])('%s', (subject, chapter) => {
    const judge = court.judge(subject)
    for (const { why, edits, faults } of chapter.cases)
      expect(judge(applyEdits(chapter.base, edits)), why ?? JSON.stringify(edits)).toEqual(faults)
  })

  test('and has a chapter for every schema', () => {
    expect([...corpus.keys()].toSorted()).toEqual([...subjects.keys()].toSorted())
  })
})

describe.each(frozen)('the rules of the domain in $version', ({ corpus, court, rules }) => {
  test.each(rules)('$rule ($subject)', ({ subject, cases }) => {
    const judge = court.judge(subject)
    const base = corpus.get(subject)?.base ?? null
    for (const { edits, faults } of cases) expect(judge(applyEdits(base, edits)), JSON.stringify(edits)).toEqual(faults)
  })
})
