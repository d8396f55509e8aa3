import { Ajv2020 } from 'ajv/dist/2020.js'

type Schema = { readonly properties?: Readonly<Record<string, { readonly type?: string }>> }
type Verdict = true | { readonly error: Error }

/** What stands in a query is text, also where it means a number. */
const ajv = new Ajv2020({ coerceTypes: true, strict: false })
/** No sign, point, exponent, space or other base, which the coercion would take: one number has one spelling everywhere. */
const DIGITS = /^[0-9]{1,15}$/

/** Makes the judge of a route's query: by its schema, where numbers are digits. It turns them into numbers in the query itself. */
export function compileQuery(schema: object): (query: Record<string, unknown>) => Verdict {
  const { properties = {} }: Schema = schema
  const numbers = Object.keys(properties).filter((name) => properties[name]?.type === 'integer')
  const validate = ajv.compile(schema)
  return (query) => {
    const odd = numbers.find((name) => name in query && !isDigits(query[name]))
    if (odd !== undefined) return { error: new QueryFault(`${odd} must be digits`) }
    return validate(query) ? true : { error: new QueryFault(ajv.errorsText(validate.errors)) }
  }
}

const isDigits = (value: unknown): boolean => typeof value === 'string' && DIGITS.test(value)

class QueryFault extends Error {}
