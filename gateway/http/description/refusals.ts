import { Type } from 'typebox'
import { Problem, type ProblemCode, problemDocument, problems } from '../../protocol/protocol.ts'
import type { Access } from '../access.ts'
import { oneOf } from '../forms.ts'
import { signedReceipt } from '../signed.ts'
import type { Described } from './description.ts'
import { type HeaderName, headers, referTo } from './headers.ts'

/** By which codes any route is refused that is for these. */
const ALWAYS: Readonly<Record<Access, readonly ProblemCode[]>> = {
  agency: ['invalid-request', 'unknown-agency', 'cross-site', 'rate-limited', 'internal-error', 'unavailable'],
  operator: ['invalid-request', 'operator-certificate-required', 'internal-error', 'unavailable'],
  public: ['invalid-request', 'internal-error', 'unavailable'],
}
/** An operator's act, of whatever kind. */
const ACT: readonly ProblemCode[] = ['not-permitted', 'cross-site']
const BODY: readonly ProblemCode[] = ['unsupported-media-type', 'message-too-large']

/** What a refusal's answer bears besides. */
const ITS_HEADERS: Partial<Record<ProblemCode, readonly HeaderName[]>> = {
  'rate-limited': ['Retry-After'],
  unavailable: ['Retry-After'],
  'not-yet-published': ['Retry-After'],
  'range-not-satisfiable': ['Content-Range'],
}

/** All codes by which a route may be refused: its own, and those of its kind. */
export function codesOf({ access, schema }: Described): readonly ProblemCode[] {
  const { refuses = [], params, body, consumes } = schema
  const takesBody = body !== undefined || consumes !== undefined
  return [
    ...ALWAYS[access],
    ...(params === undefined ? [] : (['not-found'] as const)),
    ...(takesBody ? BODY : []),
    ...(takesBody && access === 'operator' ? ACT : []),
    ...refuses,
  ]
}

const fault = Type.Object(
  {
    pointer: Type.String({ description: 'JSON Pointer (RFC 6901) into the payload; it points and never quotes' }),
    keyword: Type.String({ description: 'Of JSON Schema, or `disclosure`' }),
    message: Type.String(),
    messageFr: Type.String(),
  },
  { title: 'Fault' },
)

const problem = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', description: 'A page that says what it means and what to do' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'It points and never quotes what somebody wrote' }),
    instance: Type.String({ format: 'uri', description: '`urn:uuid:` and the request id' }),
    code: oneOf(Object.keys(problems) as ProblemCode[]),
    documentation: Type.String({
      format: 'uri-reference',
      description: 'The page that `type` names, where a browser without a certificate reaches it',
    }),
    errors: Type.Optional(Type.Array(fault, { description: 'Every fault of a message that is not as it must be' })),
    receipt: Type.Optional(signedReceipt),
  },
  { title: 'Problem', description: 'A refusal (RFC 9457), in French where `Accept-Language` prefers it' },
)

const EXAMPLE_PAGES = 'https://passerelle.example:9443'
const EXAMPLE_ID = 'fb01d7e4-26f3-4e53-b797-638795158613'

/** What several operations have alike, by the names of codes: answers of one code, and what a refusal is like. */
export type Shared = { readonly responses: Record<string, object>; readonly examples: Record<string, object> }

/**
 * The answers that refuse, by status.
 * @param born headers that they all bear; @param shared gains what they refer to
 */
export function refusalsOf(
  codes: readonly ProblemCode[],
  born: readonly HeaderName[],
  shared: Shared,
): Record<string, object> {
  for (const code of codes)
    shared.examples[code] = { value: problemDocument(new Problem(code), EXAMPLE_ID, 'en', EXAMPLE_PAGES) }
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, alike]) => {
      const response = refusalOf(status, alike, born)
      const [code, ...others] = alike
      if (code === undefined || others.length > 0) return [status, response]
      const name = pascal(code)
      shared.responses[name] ??= response
      return [status, { $ref: `#/components/responses/${name}` }]
    }),
  )
}

const pascal = (code: string): string => code.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())

function refusalOf(status: number, codes: readonly ProblemCode[], born: readonly HeaderName[]): object {
  const own = new Set(codes.flatMap((code) => ITS_HEADERS[code] ?? []))
  // What not every code of the status brings may be absent.
  const always = [...own].filter((name) => codes.every((code) => ITS_HEADERS[code]?.includes(name)))
  const sometimes = [...own].filter((name) => !always.includes(name))
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code].meaning.en}`).join('\n\n'),
    headers: {
      ...referTo([...new Set<HeaderName>([...born, 'Content-Language', 'Vary', ...always])]),
      ...Object.fromEntries(sometimes.map((name) => [name, { ...headers[name], required: false }])),
    },
    content: {
      'application/problem+json': {
        schema: { allOf: [problem, { properties: { status: { const: status }, code: { enum: codes } } }] },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  }
}
