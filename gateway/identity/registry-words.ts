/** What Ajv says of an error, as far as it is read here; compiled with `verbose`, it has the schema that was broken. */
type Broken = {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string | undefined
  readonly parentSchema?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Says in one line what is wrong with a registry file, where, and what may stand there instead. The name of an unknown member is
 * given: it is a name, and the operator needs it; no value is.
 */
export function describeFault(first: Broken | undefined): string {
  if (first === undefined) return 'is not of the published form'
  const { schemaPath, parentSchema, instancePath } = first
  // what a rule asks for says for whom
  const title = schemaPath.includes('/then/') ? parentSchema?.['title'] : undefined
  return `${instancePath || '/'} ${wordsOf(first)}${typeof title === 'string' ? ` (${title})` : ''}`
}

function wordsOf({ keyword, params, parentSchema = {}, message = 'is not of the published form' }: Broken): string {
  const { properties, enum: codes, description } = parentSchema
  switch (keyword) {
    case 'additionalProperties':
      return `must not have «${String(params['additionalProperty'])}»; there are ${listed(Object.keys(properties ?? {}))}`
    case 'enum':
      return Array.isArray(codes) ? `must be one of ${listed(codes)}` : message
    case 'not':
      return 'must not be here'
    case 'pattern':
      return typeof description === 'string' ? `has not its form: ${description}` : message
    default:
      return message
  }
}

const listed = (names: readonly unknown[]): string => names.map(String).join(', ')
