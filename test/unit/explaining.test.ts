import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundsOf } from '../../gateway/protocol/explaining.ts'
import { examplesOf, withExamples } from '../../gateway/protocol/form-examples.ts'
import { toFaults } from '../../gateway/protocol/faults.ts'
import { isJsonObject, type Json, type JsonObject } from '../../gateway/protocol/json.ts'
import { compileExplanations, compiler, compileSchemas } from '../../gateway/protocol/schemas.ts'
import type { Fault } from '../../gateway/protocol/problems.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { runs } from '../support/runs.ts'

const files = await loadSchemaFolder(join(import.meta.dirname, '../../schemas'))
const schemas = compileSchemas(files)
const explain = compileExplanations(files)

type Example = { readonly type: string; readonly body: JsonObject }
/** The oldest and the newest: what lies between has nothing of its own here, and compiling it takes a second. */
const tried = [...schemas.releases.slice(0, 1), ...schemas.releases.slice(-1)]
const examples = tried.flatMap(({ version, types }) =>
  types.flatMap((type) => {
    const text = files.published.get(`${version}/${type}.examples.json`)?.toString('utf8') ?? '[]'
    return (JSON.parse(text) as Example[]).map(({ body }) => ({ version, type, body }))
  }),
)

/** Ajv's own word on a whole body, all errors at once: what the parts together must come to. */
const documents = new Map(
  schemas.releases.map(({ version }) => {
    const paths = [...files.published].filter(
      ([path]) => path.startsWith(`${version}/`) && path.endsWith('.schema.json'),
    )
    const read = new Map(paths.map(([path, bytes]) => [path, JSON.parse(bytes.toString('utf8')) as JsonObject]))
    return [version, read] as const
  }),
)
const newest = examplesOf([...documents.values()].at(-1) ?? new Map())
const courts = new Map(
  [...documents].map(([version, published]) => {
    const read = withExamples(published, newest)
    const ajv = compiler(read, true)
    return [version, (type: string) => ajv.getSchema(read.get(`${version}/${type}.schema.json`)?.['$id'] as string)]
  }),
)
const judgeWhole = (version: string, type: string, body: Json): readonly Fault[] => {
  const validate = courts.get(version)?.(type) ?? expect.fail(`no ${type}`)
  return validate(body) ? [] : toFaults(validate.errors ?? [], '/body')
}
const sorted = (faults: readonly Fault[]): readonly string[] =>
  faults.map(({ pointer, keyword, message }) => `${pointer} ${keyword} ${message}`).toSorted()

/** Every place in a value, by the names that lead there. */
function placesIn(value: Json, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([name, held]) => placesIn(held, [...at, name]))]
}

/** A copy whose value at a place is what `change` makes of it; undefined leaves it out. */
function changeAt(value: Json, [name, ...rest]: readonly string[], change: (held: Json) => Json | undefined): Json {
  if (name === undefined) return change(value) ?? null
  const entries = Object.entries(value ?? {}).flatMap(([key, held]): (readonly [string, Json])[] => {
    if (key !== name) return [[key, held as Json]]
    const changed = rest.length === 0 ? change(held as Json) : changeAt(held as Json, rest, change)
    return changed === undefined ? [] : [[key, changed]]
  })
  return Array.isArray(value) ? entries.map(([, held]) => held) : Object.fromEntries(entries)
}

const names = fc.constantFrom('names', 'child', 'text', 'language', 'concerns', 'sex', 'unknown', 'a/b~c', '__proto__')
const changes: fc.Arbitrary<(held: Json) => Json | undefined> = fc.oneof(
  fc.constant(() => undefined),
  fc.jsonValue({ maxDepth: 2 }).map((value) => () => value as Json),
  fc.constantFrom<Json>('', ' ', 0, 300, {}, [], [{}], 'x'.repeat(9000), null).map((value) => () => value),
  fc.record({ name: names, value: fc.jsonValue({ maxDepth: 1 }) }).map(
    ({ name, value }) =>
      (held: Json) =>
        isJsonObject(held) ? Object.fromEntries([...Object.entries(held), [name, value as Json]]) : held,
  ),
  fc
    .integer({ min: 1, max: 60 })
    .map(
      (times) => (held: Json) =>
        Array.isArray(held) ? Array.from({ length: times }, () => held as readonly Json[]).flat() : [held, held],
    ),
)

describe('the faults of a body', () => {
  const broken = fc.record({
    example: fc.constantFrom(...examples),
    edits: fc.array(fc.tuple(fc.nat(), changes), { maxLength: 6 }),
  })

  test('are what Ajv finds in the whole at once, and none exactly where it is valid', () => {
    let told = 0
    fc.assert(
      fc.property(broken, ({ example: { version, type, body }, edits }) => {
        const changed = edits.reduce<Json>((value, [which, change]) => {
          const places = placesIn(value)
          return changeAt(value, places[which % places.length] ?? [], change)
        }, body)
        const whole = judgeWhole(version, type, changed)
        const faults = explain(version, type, changed)
        expect(schemas.accepts(version, type, changed)).toBe(faults.length === 0)
        if (whole.length < 100) expect(sorted(faults)).toEqual(sorted(whole))
        else expect(faults).toHaveLength(100)
        told += faults.length
      }),
      { seed: 1, numRuns: runs(1_500) },
    )
    expect(told).toBeGreaterThan(runs(3_000))
  })

  const referral = examples.find(({ type }) => type === 'referral')?.body ?? {}
  const many = <T>(count: number, make: (at: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, at) => make(at))
  const named = (count: number): JsonObject => Object.fromEntries(many(count, (at) => [`x${at.toString(36)}`, 1]))
  const [concern = null] = referral['concerns'] as readonly Json[]
  const known = Object.fromEntries([...boundsNames()].map((name) => [name, 1]))

  test.each<[string, Json]>([
    [
      'unknown members beside broken alternatives',
      { ...referral, ...named(19_350), contact: { ...named(400) }, concerns: many(1_400, () => ({})) },
    ],
    ['unknown members in each of many items', { ...referral, concerns: many(1_000, () => named(10)) }],
    ['items of another type', { ...referral, concerns: many(90_000, () => 1), child: many(9_000, () => []) }],
    [
      'members that are known elsewhere',
      { ...referral, ...known, child: known, contact: known, concerns: many(40, () => known) },
    ],
    ['items that are alike', { ...referral, concerns: many(300, () => concern) }],
    ['lists in lists in lists', { ...referral, concerns: many(40, () => many(40, () => many(40, () => []))) }],
    ['one text of blanks', { ...referral, reason: { text: ' '.repeat(190_000), language: 'en' } }],
    ['an address of dots', { ...referral, contact: { name: 'x', email: `a@${'a.'.repeat(90_000)}` } }],
    [
      'nothing but unknown members, each full',
      Object.fromEntries(many(1_500, (at) => [`x${at}`, many(30, () => ({}))])),
    ],
  ])('of a body made to cost much are found in time, too: %s', (_, body) => {
    let faults: readonly Fault[] = []
    const tries = many(4, () => {
      const since = process.threadCpuUsage()
      faults = explain('1.0', 'referral', body)
      const until = process.threadCpuUsage()
      return (until.user + until.system - since.user - since.system) / 1000
    })
    expect(faults.length).toBeGreaterThan(0)
    expect(Math.min(...tries)).toBeLessThan(60)
  })

  test('that stand behind the end of a list that is too long are told with it', () => {
    const concerns = many(300, (at) => (at === 250 ? {} : concern))
    const pointers = explain('1.0', 'referral', { ...referral, concerns }).map(({ pointer }) => pointer)
    expect(pointers).toContain('/body/concerns')
    expect(pointers).toContain('/body/concerns/250')
  })

  test('are told as far as they were found where the time is spent: one at least', () => {
    const body = { ...referral, concerns: many(50, () => ({})) }
    const all = explain('1.0', 'referral', body).length
    const spent = explain('1.0', 'referral', body, () => true).length
    expect(all).toBe(100)
    expect(spent).toBeGreaterThan(0)
    expect(spent).toBeLessThan(all)
    // nothing is found before the last item: no clock ends that
    const late = { ...referral, concerns: many(40, (at) => (at === 39 ? 1 : concern)) }
    expect(explain('1.0', 'referral', late, () => true)).toMatchObject([{ pointer: '/body/concerns/39' }])
  })
})

/** Every name that a schema gives to a member. */
function boundsNames(): ReadonlySet<string> {
  const read = [...files.published].filter(([path]) => path.endsWith('.schema.json'))
  return boundsOf(read.map(([, bytes]) => JSON.parse(bytes.toString('utf8')) as JsonObject)).names
}

describe('the patterns of the schemas', () => {
  const patterns = new Set<string>()
  for (const [, bytes] of files.published)
    JSON.parse(bytes.toString('utf8'), (keyword, value: unknown) => {
      if (keyword === 'pattern' && typeof value === 'string') patterns.add(value)
      return value
    })

  test.each([...patterns])('take time linear in the text: %s', (pattern) => {
    const form = new RegExp(pattern, 'u')
    const texts = [' ', 'a', '0', '2000-02-29', 'a.', 'a-', '@', 'a@a.', 'fr-', '.', '\u{1f600}'].map((unit) =>
      unit.repeat(Math.floor(190_000 / unit.length)),
    )
    for (const text of texts.flatMap((each) => [each, `fr${each}`, `a@${each}`, `${each}\n`])) {
      const since = process.threadCpuUsage()
      form.test(text)
      expect(process.threadCpuUsage().user - since.user).toBeLessThan(50_000)
    }
  })
})
