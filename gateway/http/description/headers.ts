/** The headers of answers, as the API description has them; `required`: every answer that names it bears it. */
export const headers = {
  'Passerelle-Request-Id': {
    description: 'To quote to an operator',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  },
  'Cache-Control': { description: '`no-store`, save for what never changes', schema: { type: 'string' } },
  'X-Content-Type-Options': { schema: { type: 'string', const: 'nosniff' } },
  'Passerelle-Environment': {
    description: 'Only where it is not production: nothing here is about a real child',
    schema: { type: 'string', enum: ['test', 'development'] },
  },
  'Passerelle-Certificate-Expires': {
    description: 'A certificate of the caller’s own that ends within 30 days: its use and when; one field for each use',
    schema: {
      type: 'array',
      items: { type: 'string', pattern: String.raw`^(tls|signing) \d{4}-\d{2}-\d{2}T[\d:.]+Z$` },
    },
  },
  Location: {
    description: 'Where the sender learns what became of the message',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Idempotent-Replayed': {
    description: 'The same bytes were accepted before',
    required: true,
    schema: { type: 'string', const: 'true' },
  },
  'Retry-After': {
    description: 'Seconds to wait before the same call is made again',
    required: true,
    schema: { type: 'integer', minimum: 0 },
  },
  Vary: { description: 'By which headers of the request the answer differs', schema: { type: 'string' } },
  'Content-Language': { schema: { type: 'string', enum: ['en', 'fr'] } },
  'Accept-Ranges': { required: true, schema: { type: 'string', const: 'bytes' } },
  ETag: {
    description: 'The digest of the address, in quotes',
    required: true,
    schema: { type: 'string', pattern: '^"[A-Za-z0-9_-]{43}"$' },
  },
  'Content-Disposition': {
    description: 'Of what is to be kept as a file',
    schema: { type: 'string', pattern: '^attachment' },
  },
  'Content-Range': {
    description: 'Which bytes these are, of how many (RFC 9110, section 14.4)',
    required: true,
    schema: { type: 'string', pattern: String.raw`^bytes (\d+-\d+|\*)/\d+$` },
  },
  'Content-Security-Policy': { required: true, schema: { type: 'string' } },
} as const satisfies Record<string, { description?: string; required?: true; schema: object }>

export type HeaderName = keyof typeof headers

/** What every answer of a listener bears. */
export const everywhere: readonly HeaderName[] = [
  'Passerelle-Request-Id',
  'Passerelle-Environment',
  'Cache-Control',
  'X-Content-Type-Options',
]

export const headerReference = (name: string): string => `#/components/headers/${name}`

/** As the description refers to them. */
export const referTo = (names: readonly HeaderName[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: headerReference(name) }]))
