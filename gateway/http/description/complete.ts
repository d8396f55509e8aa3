import { PROTOCOL_VERSION, type ProblemCode, problems } from '../../protocol/protocol.ts'
import { audiences } from './audiences.ts'
import { type JsonObject, nameSchemas } from './components.ts'
import type { Audience, Described } from './description.ts'
import { examples } from './examples.ts'
import { everywhere, type HeaderName, headers, headerReference, referTo } from './headers.ts'
import { codesOf, refusalsOf, type Shared } from './refusals.ts'

type Content = Record<string, { schema: object; example?: unknown; examples?: object }>
type Response = { description: string; headers?: object; content?: Content }
type Operation = { operationId?: string; requestBody?: { content: Content }; responses: Record<string, Response> }
type Collected = { readonly paths?: Record<string, Record<string, Operation>> }

/** By whatever name or proxy the listener was reached, that is where its description was read; the second is to be filled in. */
const servers = (port: string) => [
  { url: '/', description: 'Where this description was read' },
  {
    url: 'https://{host}:{port}',
    description: 'A gateway',
    variables: { host: { default: 'localhost' }, port: { default: port } },
  },
]

/**
 * Makes a whole OpenAPI 3.1 description of what the framework has collected: refusals, headers, who may call, examples, what the gateway
 * itself calls, and each schema once.
 */
export function complete(collected: object, routes: ReadonlyMap<string, Described>, audience: Audience): object {
  const { paths = {} }: Collected = collected
  const { info, tags, port, scheme, schemes, webhooks } = audiences[audience]
  const shared: Shared = { responses: {}, examples: {} }
  const operationOf = (operation: Operation): object => {
    const { operationId = '' } = operation
    const route = routes.get(operationId)
    if (route === undefined) return operation
    return {
      ...operation,
      ...(route.access === 'public' && audience === 'operators' && { security: [] }),
      ...bodyOf(operation),
      responses: {
        ...successesOf(operation, route),
        ...refusalsOf(otherCodesOf(route, operation), bornOf(route), shared),
      },
    }
  }
  const whole = {
    openapi: '3.1.1',
    info: { ...info, version: PROTOCOL_VERSION, license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' } },
    servers: servers(port),
    tags,
    security: [{ [scheme]: [] }],
    paths: mapMembers(paths, (item) => mapMembers(item, operationOf)),
    webhooks,
  }
  // Through JSON: of the framework's objects only what is sent counts.
  const written = JSON.stringify({ ...whole, components: shared })
  const { document, schemas } = nameSchemas(JSON.parse(written) as JsonObject)
  const { components, ...described } = document as { components: JsonObject }
  const used = Object.entries(headers).filter(([name]) => written.includes(`"${headerReference(name)}"`))
  return {
    ...described,
    components: {
      securitySchemes: schemes,
      schemas: sorted(schemas),
      headers: Object.fromEntries(used),
      ...components,
    },
  }
}

/** A status that a route itself answers with has its own form. */
const otherCodesOf = (route: Described, { responses }: Operation): readonly ProblemCode[] =>
  codesOf(route).filter((code) => !(problems[code].status in responses))

/** Every answer to an agency may warn of its certificates, and every one to an operator may go out as gzip. */
const bornOf = ({ access }: Described): readonly HeaderName[] => {
  if (access === 'agency') return [...everywhere, 'Passerelle-Certificate-Expires']
  return access === 'operator' ? [...everywhere, 'Vary'] : everywhere
}

function bodyOf({ operationId = '', requestBody }: Operation): object {
  if (requestBody === undefined) return {}
  const example = examples[operationId]?.request
  return { requestBody: { ...requestBody, content: withExample(requestBody.content, example) } }
}

function successesOf({ operationId = '', responses }: Operation, route: Described): object {
  return Object.fromEntries(
    Object.entries(responses).map(([status, { content, ...response }]) => [
      status,
      {
        ...response,
        headers: referTo([...bornOf(route), ...(route.schema.sends?.[Number(status)] ?? [])]),
        ...(content && { content: withExample(content, examples[operationId]?.[Number(status)]) }),
      },
    ]),
  )
}

/** The example is of the first media type. */
const withExample = (content: Content, example: unknown): Content =>
  Object.fromEntries(
    Object.entries(content).map(([type, media], at) => [
      type,
      { ...media, ...(at === 0 && example !== undefined && { example }) },
    ]),
  )

const mapMembers = <From, To>(
  object: Readonly<Record<string, From>>,
  change: (member: From) => To,
): Record<string, To> => Object.fromEntries(Object.entries(object).map(([name, member]) => [name, change(member)]))

const sorted = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).toSorted(([one], [other]) => (one < other ? -1 : 1)))
