import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { registerSchema, validate } from '@hyperjump/json-schema/draft-2020-12'
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'
import { RE2JS } from 're2js'
import type { Json } from '../../gateway/protocol/json.ts'

/** A value, and the `$id` of the schema that it is judged by. */
export type Case = readonly [id: string, instance: Json]
/** Whether each of the cases is valid. */
export type Verdicts = readonly boolean[]

/** What Ajv compiles patterns with; it tells them apart by `toString`. */
type Engine = (pattern: string) => { test(text: string): boolean; toString(): string }

/** Python's: `$` is also before a last line break. */
const withWideEnd: Engine = (pattern) => new RegExp(pattern.replace(/\$$/, '(?=\\n?$(?![^]))'), 'u')
/** Go's, as the same in JavaScript: what looks ahead, or escapes as ECMA-262 alone does, does not compile. */
const re2: Engine = (pattern) => {
  const compiled = RE2JS.compile(pattern)
  return { test: (value) => compiled.matcher(value).find(), toString: () => pattern }
}

/** Ajv, with ECMA-262's expressions or another engine's. */
export function judgeByAjv(schemas: readonly AnySchemaObject[], cases: readonly Case[], engine?: Engine): Verdicts {
  const regExp = engine && Object.assign(engine, { code: 'no standalone code' })
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    code: { optimize: false, ...(regExp && { regExp }) },
  })
  ajv.addSchema([...schemas])
  return cases.map(([id, instance]) => ajv.getSchema(id)?.(instance) === true)
}

export const engines: Readonly<Record<string, Engine>> = {
  'RE2 (Go, Rust)': re2,
  '$ before a last line break (Python, Java, .NET, PCRE)': withWideEnd,
}

/** @hyperjump/json-schema. It registers schemas for the whole process: once for each. */
export async function judgeByHyperjump(schemas: readonly AnySchemaObject[], cases: readonly Case[]): Promise<Verdicts> {
  for (const schema of schemas) registerSchema(schema)
  const judges = new Map<string, Awaited<ReturnType<typeof validate>>>()
  for (const id of new Set(cases.map(([name]) => name))) judges.set(id, await validate(id))
  return cases.map(
    ([id, instance]) =>
      judges.get(id)?.(instance as Parameters<Awaited<ReturnType<typeof validate>>>[0]).valid === true,
  )
}

/** Python's jsonschema, as Debian has it: all cases in one process. */
export async function judgeByPython(schemas: readonly AnySchemaObject[], cases: readonly Case[]): Promise<Verdicts> {
  const python = spawn('/usr/bin/python3', [join(import.meta.dirname, 'judge.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  python.stdin.end(JSON.stringify({ schemas, cases }))
  const [said] = await Promise.all([text(python.stdout), once(python, 'close')])
  return JSON.parse(said) as Verdicts
}
