/** What the schemas say of one place in a body, given what stands there now: references, rules and conditions followed. */
import type { Text } from '../problem.ts'
import { isObject } from '../shape.ts'
import { judge } from '../validate/judge.ts'
import { type Placed, type Release, resolve, type Schema } from '../validate/schema.ts'
import { titleOf } from '../validate/words.ts'
import type { Path } from './pointer.ts'

/** Every schema that speaks of a value, the nearest first. */
export type Spot = readonly Placed[]

/** Takes the schemas that stand at a place and the value there; gives them with all that they lead to. */
export function spotOf(release: Release, placed: Spot, value: unknown): Spot {
  return placed.flatMap((one) => expand(release, one, value ?? {}))
}

function expand(release: Release, placed: Placed, value: unknown): Spot {
  const { schema, file } = placed
  const led: Placed[] = []
  if (schema.$ref !== undefined) led.push(resolve(release, schema.$ref, file))
  for (const rule of schema.allOf ?? []) led.push({ schema: rule, file })
  if (schema.if !== undefined) {
    const holds = judge(release, { schema: schema.if, file }, value, '').length === 0
    const branch = holds ? schema.then : schema.else
    if (branch !== undefined) led.push({ schema: branch, file })
  }
  return [placed, ...led.flatMap((one) => expand(release, one, value))]
}

/** Gives what is said of a member of the object there. */
export function memberSpot(release: Release, spot: Spot, name: string, value: unknown): Spot {
  const found = spot.flatMap(({ schema, file }) => {
    const inner = schema.properties?.[name]
    return inner === undefined ? [] : [{ schema: inner, file }]
  })
  return spotOf(release, found, value)
}

/** Gives what is said of an item of the list there. */
export function itemSpot(release: Release, spot: Spot, value: unknown): Spot {
  const found = spot.flatMap(({ schema, file }) => (schema.items === undefined ? [] : [{ schema: schema.items, file }]))
  return spotOf(release, found, value)
}

/** Goes down a path from a whole body; `*` stands for an item that is not there yet. */
export function spotAt(release: Release, root: Placed, body: unknown, path: Path): Spot {
  let value = body
  let spot = spotOf(release, [root], value)
  for (const name of path) {
    const isList = partOf(spot, 'type') === 'array'
    if (isList) value = Array.isArray(value) ? value[Number(name)] : undefined
    else value = isObject(value) ? value[name] : undefined
    spot = isList ? itemSpot(release, spot, value) : memberSpot(release, spot, name, value)
  }
  return spot
}

/** The first word that is said of a keyword. */
export function partOf<Name extends keyof Schema>(spot: Spot, name: Name): Schema[Name] | undefined {
  return spot.find(({ schema }) => schema[name] !== undefined)?.schema[name]
}

/** The names of the members that may stand there, in the schema's order. */
export function membersOf(spot: Spot): readonly string[] {
  const refused = refusedOf(spot)
  const names = spot
    .filter(({ schema }) => schema.type === 'object')
    .flatMap(({ schema }) => Object.keys(schema.properties ?? {}))
  return [...new Set(names)].filter((name) => !refused.has(name))
}

/** The members that must stand there, as things are now. */
export function requiredOf(spot: Spot): ReadonlySet<string> {
  return new Set(spot.flatMap(({ schema }) => schema.required ?? []))
}

/** The members that a rule takes away, as things are now. */
export function refusedOf(spot: Spot): ReadonlySet<string> {
  return new Set(spot.flatMap(({ schema }) => (schema.not?.required?.length === 1 ? schema.not.required : [])))
}

/** The members of which a rule wants one, such as a telephone number or an e-mail address: by the rule's title. */
export function choicesOf(spot: Spot): readonly { readonly title: Text; readonly names: readonly string[] }[] {
  return spot.flatMap(({ schema }) => {
    const title = titleOf(schema)
    if (schema.anyOf === undefined || title === undefined) return []
    return [{ title, names: schema.anyOf.flatMap(({ required = [] }) => required) }]
  })
}

/** Where «nobody knows» is written for a member: in `absences`, as a rule of the schema says. Undefined where no rule does. */
export function absenceOf(spot: Spot, name: string): { readonly list: string; readonly field: string } | undefined {
  for (const { schema } of spot) {
    const own = schema.anyOf?.some(({ required = [] }) => required.includes(name)) ?? false
    for (const other of own ? (schema.anyOf ?? []) : [])
      for (const [list, { contains }] of Object.entries(other.properties ?? {})) {
        const field = contains?.properties?.['field']?.const
        if (typeof field === 'string') return { list, field }
      }
  }
  return undefined
}

/** What a place is called and what is said of it, in both languages. */
export function wordsAt(spot: Spot): { readonly title?: Text; readonly help?: Text } {
  const title = spot.map(({ schema }) => titleOf(schema)).find((one) => one !== undefined)
  const told = spot.find(({ schema }) => schema.description !== undefined)?.schema
  const en = told?.description
  return {
    ...(title !== undefined && { title }),
    ...(en !== undefined && { help: { en, fr: told?.['x-descriptionFr'] ?? en } }),
  }
}
