import type { FastifySchema } from 'fastify'

/** How a route's parameter is named in the description that stands for all that is left of a path: Fastify calls it `*`. */
const REST = 'path'

/** A route as OpenAPI can describe it, which has no parameter `*`. */
export function nameRest<Schema extends FastifySchema>({
  schema,
  url,
}: {
  schema: Schema
  url: string
}): {
  schema: Schema
  url: string
} {
  if (!url.endsWith('/*')) return { schema, url }
  const params = schema.params as { readonly properties?: Readonly<Record<string, unknown>> } | undefined
  const { '*': rest, ...properties } = params?.properties ?? {}
  const named = { ...params, properties: { ...properties, [REST]: rest }, required: [...Object.keys(properties), REST] }
  return { schema: { ...schema, params: named }, url: `${url.slice(0, -1)}:${REST}` }
}
