import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

/** An answer of a listener, whoever has asked. */
export type Answered = {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

type Schema = { readonly [keyword: string]: unknown }
type Header = { readonly required?: boolean; readonly schema: Schema }
type Response = {
  readonly description?: string
  readonly $ref?: string
  readonly headers?: Record<string, { $ref: string }>
  readonly content?: Record<string, unknown>
}
export type Operation = {
  readonly operationId?: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description?: string }[]
  readonly requestBody?: { readonly content: Record<string, unknown> }
  readonly responses: Record<string, Response>
}
type Items = Record<string, Record<string, Operation>>
export type Description = {
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly security: readonly object[]
  readonly paths: Items
  readonly webhooks: Items
  readonly components: {
    readonly responses: Record<string, Response>
    readonly headers: Record<string, Header>
    readonly schemas: Record<string, Schema>
    readonly securitySchemes: Record<string, object>
  }
}

const FOLDER = join(import.meta.dirname, '../../docs/openapi')
/** What HTTP itself says of an answer. */
const OF_HTTP = new Set(
  'connection date keep-alive transfer-encoding content-length content-type content-encoding'.split(' '),
)

/** The API description in the repository; `test/wire/openapi.test.ts` holds it against what is served. */
export const readDescription = (name: Listener): Description =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Description

export type Listener = 'agency' | 'operations'
/** The listeners of the gateways that this process has started, by origin. */
const listeners = new Map<string, Listener>()
export function noteListener(url: string, listener: Listener): void {
  if (url !== '') listeners.set(new URL(url).origin, listener)
}

type Judge = (answered: Answered) => string | undefined
const judges = new Map<Listener, Judge>()

/**
 * Holds an answer of such a listener against its description: status, headers, media type and body, to the letter. What it does not
 * describe is a refusal, or an operator's page.
 * @throws Error that says what is not described
 */
export function checkDescribed(answered: Answered): void {
  const listener = listeners.get(new URL(answered.url).origin)
  if (listener === undefined) return
  const judge = judges.get(listener) ?? openJudge(readDescription(listener))
  judges.set(listener, judge)
  const fault = judge(answered)
  if (fault !== undefined) throw new Error(`not as it is described: ${answered.method} ${answered.url}: ${fault}`)
}

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
    form: new RegExp(
      `^${path
        .replaceAll('.', String.raw`\.`)
        .replaceAll('{path}', '.+')
        .replaceAll(/\{[^}]+\}/g, '[^/]+')}$`,
    ),
    item,
  }))

  return ({ method, url, status, headers, body }) => {
    const pathname = unescaped(new URL(url).pathname)
    const name = method === 'HEAD' ? 'get' : method.toLowerCase()
    const found = operations.find(({ form, item }) => form.test(pathname) && name in item)
    const operation = found?.item[name]
    if (found === undefined || operation === undefined) return checkOther(method, headers, body)
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

  /** A refusal, or a page of the console: no operation gives either. */
  function checkOther(method: string, headers: Answered['headers'], body: Uint8Array): string | undefined {
    const type = String(headers['content-type'])
    if (type !== 'application/problem+json')
      return /^(?:application\/json|application\/jose)/.test(type) ? 'no such operation' : undefined
    return method === 'HEAD'
      ? undefined
      : validate('#/components/schemas/Problem', JSON.parse(Buffer.from(body).toString()))
  }

  function checkHeaders(named: Record<string, unknown>, headers: Answered['headers']): string | undefined {
    const known = new Map(Object.keys(named).map((name) => [name.toLowerCase(), name]))
    for (const [lower, name] of known) {
      const shared = description.components.headers[name] ?? { schema: {} }
      const { required = false, schema } = { ...shared, ...(named[name] as Partial<Header>) }
      const value = headers[lower]
      if (value === undefined && required) return `${name} is missing`
      if (value === undefined) continue
      const fault = validate(`#/components/headers/${name}/schema`, readHeader(value, schema))
      if (fault !== undefined) return `${name}: ${fault}`
    }
    const other = Object.keys(headers).find(
      (name) => headers[name] !== undefined && !known.has(name) && !OF_HTTP.has(name),
    )
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

/** As the router reads it: an escaped letter is the letter, an escaped slash is none. */
function unescaped(pathname: string): string {
  try {
    return decodeURI(pathname)
  } catch {
    return pathname
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
