import { join } from 'node:path'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toFaults } from '../../gateway/core/faults.ts'
import { isJsonObject, type Json, type JsonObject } from '../../gateway/core/json.ts'
import { compileExplanations, compiler, compileSchemas } from '../../gateway/core/schemas.ts'
import type { Fault } from '../../gateway/problems.ts'
import { loadSchemaFolder } from '../../gateway/schema-folder.ts'

const files = await loadSchemaFolder(join(import.meta.dirname, '../../schemas'))
const schemas = compileSchemas(files)
const explain = compileExplanations(files)

type Example = { readonly type: string; readonly body: JsonObject }
const examples = schemas.releases.flatMap(({ version, types }) =>
  types.flatMap((type) => {
    const text = files.published.get(`${version}/${type}.examples.json`)?.toString('utf8') ?? '[]'
    return (JSON.parse(text) as Example[]).map(({ body }) => ({ version, type, body }))
  }),
)

/** Ajv's own word on a whole body, all errors at once: what the parts together must come to. */
const courts = new Map(
  schemas.releases.map(({ version }) => {
    const paths = [...files.published].filter(
      ([path]) => path.startsWith(`${version}/`) && path.endsWith('.schema.json'),
    )
    const read = paths.map(([path, bytes]) => [path, JSON.parse(bytes.toString('utf8')) as AnySchemaObject] as const)
    const ajv = compiler(new Map(read), true)
    return [version, (type: string) => ajv.getSchema(new Map(read).get(`${version}/${type}.schema.json`)?.$id ?? '')]
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
      { seed: 1, numRuns: 1_500 },
    )
    expect(told).toBeGreaterThan(3_000)
  })
})
