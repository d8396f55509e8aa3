import { join } from 'node:path'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { readCatalogue } from '../../gateway/protocol/catalogue.ts'
import type { Json, JsonObject } from '../../gateway/protocol/json.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { applyEdits } from '../../scripts/schemas/corpus.ts'
import {
  type Case,
  engines,
  judgeByAjv,
  judgeByHyperjump,
  judgeByPython,
  type Verdicts,
} from '../support/validators.ts'

/** The published schemas say the same to every validator: the gateway's own verdict, or a partner is told «valid» and then refused. */
const files = await loadSchemaFolder(join(import.meta.dirname, '../../schemas'))
const { releases } = readCatalogue(files)
const NEWEST = releases.at(-1)?.version ?? ''

const read = (path: string): Json => JSON.parse(files.published.get(path)?.toString('utf8') ?? 'null') as Json
const schemas = [...files.published.keys()]
  .filter((path) => path.endsWith('.schema.json'))
  .map((path) => read(path) as AnySchemaObject)
const idOf = (version: string, name: string): string =>
  `https://passerelle.example/schemas/${version}/${name}.schema.json`

const examplesOf = (version: string, type: string): readonly JsonObject[] =>
  read(`${version}/${type}.examples.json`) as JsonObject[]
const examples = releases.flatMap(({ version, types }) =>
  types.flatMap((type) => examplesOf(version, type).map((example): Case => [idOf(version, 'envelope'), example])),
)

/** The shortest example of each type of the newest release: what is tried on it costs Python the least. */
const bases = (releases.at(-1)?.types ?? []).map((type) => {
  const [shortest] = examplesOf(NEWEST, type).toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length)
  return shortest ?? expect.fail(`no example of ${type}`)
})

function placesIn(value: Json, at = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries<Json>(value).flatMap(([name, held]) => placesIn(held, `${at}/${name}`))].filter(Boolean)
}

/** What may stand somewhere by a slip, or what two engines may read differently. */
const odd: readonly Json[] = [
  '',
  ' ',
  '\n',
  '\u0085',
  '\u001f',
  '\ufeff',
  '\u00a0',
  '\u2028',
  '\u180e',
  '\u200b',
  'x',
  'é'.repeat(300),
  '😀'.repeat(200),
  0,
  1,
  1.0,
  -1,
  1.5,
  1e20,
  true,
  false,
  null,
  [],
  [null],
  {},
  { x: 1 },
  '2016-02-30',
  '2016-02-29',
  '2100-02-29',
  '2017-03-07T24:00:00Z',
  '2016-12-31T23:59:60Z',
  '2017-03-07t15:00:00z',
  '2200-01-01',
  '+33199000001',
  '+33199000001\n',
  'desk@example.org',
  'desk@example.org\u0085',
  'desk@example.org\n',
  'a@b',
  'fr',
  'fr-FR\n',
  'FR',
] // prettier-ignore
const ends = ['\n', '\r\n', '\r', '\u0085', '\u2028', ' ', '\ufeff', '\u0000']

type Change = (base: JsonObject, place: string, held: Json) => Json
const valueAt = (value: Json, place: string): Json =>
  place
    .split('/')
    .slice(1)
    .reduce<Json>((held, name) => (held as JsonObject)[name] ?? null, value)
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...odd).map(
    (value): Change =>
      (base, place) =>
        applyEdits(base, [['set', place, value]]),
  ),
  fc.constantFrom(...ends).map(
    (end): Change =>
      (base, place, held) =>
        applyEdits(base, [['set', place, typeof held === 'string' ? held + end : [held, held]]]),
  ),
  fc.constant<Change>((base, place) => (/\/\d+$/.test(place) ? base : applyEdits(base, [['remove', place]]))),
  fc.constant<Change>((base, place, held) =>
    Array.isArray(held) || typeof held !== 'object' ? base : applyEdits(base, [['set', `${place}/unknown`, 1]]),
  ),
  fc.constant<Change>((base, place, held) =>
    Array.isArray(held)
      ? applyEdits(base, [['set', place, [...(held as readonly Json[]), ...(held as readonly Json[])]]])
      : base,
  ),
)
const mutation = fc
  .record({ base: fc.constantFrom(...bases), at: fc.nat(), change: changes })
  .map(({ base, at, change }) => {
    const places = placesIn(base)
    const place = places[at % places.length] ?? ''
    return change(base, place, valueAt(base, place))
  })
const MUTATIONS = 320
const mutated = fc
  .sample(mutation, { seed: 17, numRuns: MUTATIONS })
  .map((instance): Case => [idOf(NEWEST, 'envelope'), instance])

/** Each form by itself: its examples, and those with something behind or before them; a text that is blank to one engine alone. */
const definitions = read(`${NEWEST}/definitions.schema.json`) as { $defs: Readonly<Record<string, AnySchemaObject>> }
const forms = Object.entries(definitions.$defs).filter(([, schema]) => schema['examples'] !== undefined)
const ofForms = forms.flatMap(([name, { examples: good }]) =>
  (good as string[]).flatMap((text) =>
    [text, ...ends.map((end) => text + end), ...ends.map((end) => end + text), text.toUpperCase()].map(
      (value): Case => [`${idOf(NEWEST, 'definitions')}#/$defs/${name}`, value],
    ),
  ),
)
const blanks = ['\u0085', '\u001f', '\ufeff', '\u00a0', '\u3000', '\u180e', '\u200b', '\u2029\t', '\u000b\u000c'].map(
  (text): Case => [`${idOf(NEWEST, 'definitions')}#/$defs/narrative`, { text, language: 'en' }],
)
const cases = [...examples, ...mutated, ...ofForms, ...blanks]

const ours = judgeByAjv(schemas, cases)
/** The cases that another validator judges otherwise. */
const differing = (theirs: Verdicts): readonly unknown[] => {
  expect(theirs).toHaveLength(cases.length)
  return cases.filter((_, at) => theirs[at] !== ours[at]).map(([id, instance], at) => ({ at, id, instance }))
}

test('the gateway takes every example, most forms that have something behind them not, and of the mutations some', () => {
  expect(ours.slice(0, examples.length)).not.toContain(false)
  const valid = ours.slice(examples.length, examples.length + MUTATIONS).filter(Boolean).length
  expect(valid).toBeGreaterThan(40)
  expect(MUTATIONS - valid).toBeGreaterThan(150)
  expect(forms.length).toBeGreaterThanOrEqual(12)
})

describe('the same verdict is given by', () => {
  let python: Promise<Verdicts>
  beforeAll(() => {
    python = judgeByPython(schemas, cases)
  })

  test('Hyperjump', async () => {
    expect(differing(await judgeByHyperjump(schemas, cases))).toEqual([])
  })

  test.each(Object.entries(engines))('Ajv with expressions of %s', (_, engine) => {
    const newest = schemas.filter(({ $id }) => $id?.includes(`/${NEWEST}/`))
    const own = cases.filter(([id]) => id.includes(`/${NEWEST}/`))
    expect(judgeByAjv(newest, own, engine)).toEqual(judgeByAjv(newest, own))
  })

  // The slowest by far, and beside it all others have been asked by then.
  test('Python’s jsonschema', { timeout: 120_000 }, async () => {
    expect(differing(await python)).toEqual([])
  })
})

test('of 1.1 it is not: to Python a telephone number may have a line break behind it', async () => {
  const phone: Case = [`${idOf('1.1', 'definitions')}#/$defs/phone`, '+33199000001\n']
  expect(judgeByAjv(schemas, [phone])).toEqual([false])
  expect(await judgeByPython(schemas, [phone])).toEqual([true])
})
