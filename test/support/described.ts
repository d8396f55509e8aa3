import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

/** An answer of a listener, whoever has asked. */
export type Answered = {
  readonly method: string
  readonly target: string
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

type Schema = { readonly [keyword: string]: unknown }
type Header = { readonly required?: boolean; readonly schema: Schema }
type Response = {
  readonly $ref?: string
  readonly headers?: Record<string, { $ref: string }>
  readonly content?: Record<string, unknown>
}
type Operation = { readonly operationId: string; readonly responses: Record<string, Response> }
export type Description = {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly responses: Record<string, Response>; readonly headers: Record<string, Header> }
  readonly [member: string]: unknown
}

const FOLDER = join(import.meta.dirname, '../../docs/openapi')
/** What HTTP itself says of an answer. */
const OF_HTTP = new Set(
  'connection date keep-alive transfer-encoding content-length content-type content-encoding'.split(' '),
)

/** The API description in the repository; `test/wire/openapi.test.ts` holds it against what is served. */
export const readDescription = (name: 'agency' | 'operations'): Description =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Description

/**
 * Holds an answer against the descriptions of both listeners: one of them has to have it, with its status, its headers, its media type
 * and its body to the letter. What they do not describe is a refusal, or a page.
 * @throws Error that says what is not described
 */
export function checkDescribed(answered: Answered): void {
  const faults = judges().map((judge) => judge(answered))
  const found = faults.filter((fault) => fault !== NOT_HERE)
  if (found.length > 0 && !found.includes(undefined))
    throw new Error(`not as it is described: ${answered.method} ${answered.target}: ${found.join('; or ')}`)
}

const NOT_HERE = 'no such operation'
type Judge = (answered: Answered) => string | undefined
let opened: readonly Judge[] | undefined
const judges = (): readonly Judge[] =>
  (opened ??= [openJudge(readDescription('agency')), openJudge(readDescription('operations'))])

/** Makes who says what is wrong with an answer by a description, or nothing. */
export function openJudge(description: Description): Judge {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, formats: FORMATS })
  ajv.addSchema(closed(description) as Schema, 'api')
  const compiled = new Map<string, ValidateFunction>()
  const validate = (pointer: string, value: unknown): string | undefined => {
    const judge = compiled.get(pointer) ?? ajv.compile({ $ref: `api${pointer}` })
    compiled.set(pointer, judge)
    return judge(value) ? undefined : ajv.errorsText(judge.errors)
  }
  const operations = Object.entries(description.paths).map(([path, item]) => ({
    path,
    form: new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
    item,
  }))

  return ({ method, target, status, headers, body }) => {
    const { pathname } = new URL(target, 'https://localhost')
    const name = method === 'HEAD' ? 'get' : method.toLowerCase()
    const found = operations.find(({ form, item }) => form.test(pathname) && name in item)
    const operation = found?.item[name]
    if (found === undefined || operation === undefined) return NOT_HERE
    const listed = operation.responses[status]
    if (listed === undefined) return `${status} is none of its answers`
    const at = listed.$ref ?? `#/paths/${escape(found.path)}/${name}/responses/${status}`
    const response =
      listed.$ref === undefined ? listed : description.components.responses[listed.$ref.split('/').at(-1) ?? '']
    const wrong = checkHeaders(response?.headers ?? {}, headers)
    if (wrong !== undefined) return wrong
    if (method === 'HEAD') return undefined
    return checkBody(at, response?.content ?? {}, headers, body)
  }

  function checkHeaders(named: Record<string, unknown>, headers: Answered['headers']): string | undefined {
    const known = new Map(Object.keys(named).map((name) => [name.toLowerCase(), name]))
    for (const [lower, name] of known) {
      const { required = false, schema } = description.components.headers[name] ?? { schema: {} }
      const value = headers[lower]
      if (value === undefined && required) return `${name} is missing`
      if (value === undefined) continue
      const fault = validate(`#/components/headers/${name}/schema`, readHeader(value, schema))
      if (fault !== undefined) return `${name}: ${fault}`
    }
    const other = Object.keys(headers).find((name) => !known.has(name) && !OF_HTTP.has(name))
    return other === undefined ? undefined : `header ${other} is not described`
  }

  function checkBody(
    at: string,
    content: Record<string, unknown>,
    headers: Answered['headers'],
    body: Uint8Array,
  ): string | undefined {
    const [type = ''] = String(headers['content-type'] ?? '').split(';', 1)
    if (Object.keys(content).length === 0) return body.length === 0 ? undefined : 'it has a body'
    if (!(type in content)) return `media type ${type} is not described`
    if (/^(?:image|application\/(?:pdf|vnd\.))/.test(type) || 'content-encoding' in headers) return undefined
    const text = Buffer.from(body).toString()
    return validate(`${at}/content/${escape(type)}/schema`, type.endsWith('json') ? JSON.parse(text) : text)
  }
}

const escape = (name: string): string => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))

function readHeader(value: string | string[], { type }: Schema): unknown {
  if (type === 'integer') return Number(value)
  if (type === 'array') return [value].flat().flatMap((one) => one.split(', '))
  return String(value)
}

/** Objects have the members that are described, and no others. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const object = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]))
  return object['type'] === 'object' && 'properties' in object ? { additionalProperties: false, ...object } : object
}

const FORMATS = {
  binary: true,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
  uri: /^[a-z]+:\S+$/,
  'uri-reference': /^\S+$/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
} as const
