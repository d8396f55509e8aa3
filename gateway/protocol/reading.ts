import { type Fault, Problem } from './problems.ts'
import type { Text } from '../base/base.ts'
import { type CaseFact, factOf } from './case-facts.ts'
import { type Facts, parseEnvelope } from './envelope.ts'
import type { Untold } from './disclosure.ts'
import type { Json, JsonObject } from './json.ts'
import type { Schemas } from './schemas.ts'

/**
 * What a payload says, whether its body is valid, what a valid one may not tell everybody, and what the statistics keep of it; or why
 * it says nothing (section 3).
 */
export type Reading =
  | {
      readonly envelope: Facts
      readonly isValid: boolean
      readonly untold: readonly Untold[]
      readonly fact?: CaseFact
    }
  | { readonly malformed: Text; readonly errors?: readonly Fault[] }

/**
 * Reads the payload of a message and judges its body by the release that it names. What is wrong with the body is asked for by
 * itself, and only where parties and permission are good. Nothing of the body outlives this: parsed, it is the largest part of
 * what a message holds. What it gives is plain data, which one thread can hand to another.
 */
export function readMessage(payload: Uint8Array, schemas: Pick<Schemas, 'types' | 'accepts' | 'untold'>): Reading {
  try {
    const { body, ...envelope } = parseEnvelope(payload, schemas.types)
    const isValid = schemas.accepts(envelope.schemaVersion, envelope.type, body)
    if (!isValid) return { envelope, isValid, untold: [] }
    const fact = factOf(envelope.type, body)
    return { envelope, isValid, untold: schemas.untold(envelope.type, body), ...(fact && { fact }) }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { malformed: error.detail, ...(error.errors && { errors: error.errors }) }
  }
}

/** Gives the body of a payload for which readMessage has given an envelope; for anything else it may throw. */
export function peekBody(payload: Uint8Array): Json {
  const { body = null } = JSON.parse(new TextDecoder().decode(payload)) as JsonObject
  return body
}
