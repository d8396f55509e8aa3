import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { faultOf, type ParameterFault, type Parameters, wrongParameter } from './parameter-words.ts'

type Verdict = true | { readonly error: ParameterFault }

/** What stands in a query is text, also where it means a number. */
const ajv = new Ajv2020({ coerceTypes: true, strict: false })
const strict = new Ajv2020({ strict: false })
/** No sign, point, exponent, space or other base, which the coercion would take: one number has one spelling everywhere. */
const DIGITS = /^[0-9]{1,15}$/

/** Makes the judge of a route's query: by its schema, where numbers are digits. It turns them into numbers in the query itself. */
export function compileQuery(schema: object): (query: Record<string, unknown>) => Verdict {
  const { properties = {} }: Parameters = schema
  const numbers = Object.keys(properties).filter((name) => properties[name]?.type === 'integer')
  const validate = ajv.compile(schema)
  return (query) => {
    const odd = numbers.find((name) => name in query && !isDigits(query[name]))
    if (odd !== undefined) return { error: wrongParameter(odd, properties[odd]) }
    return validate(query) || { error: firstFault(validate.errors, schema) }
  }
}

/** Makes the judge of a path's parameters: what has not even the form of an id leads nowhere, and needs no words. */
export function compileParams(schema: object): (params: unknown) => boolean {
  return strict.compile(schema)
}

/** Makes the judge of a route's body: nothing is turned into anything else. */
export function compileBody(schema: object): (body: unknown) => Verdict {
  const validate = strict.compile(schema)
  return (body) => {
    return validate(body) || { error: firstFault(validate.errors, schema) }
  }
}

function firstFault(errors: readonly ErrorObject[] | null | undefined, schema: Parameters): ParameterFault {
  const [error] = errors ?? []
  return error === undefined ? wrongParameter('', undefined) : faultOf(error, schema)
}

const isDigits = (value: unknown): boolean => typeof value === 'string' && DIGITS.test(value)
