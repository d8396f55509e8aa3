import { type Fault, Problem } from './problems.ts'
import type { Text } from '../base/base.ts'
import { type Facts, parseEnvelope } from './envelope.ts'
import type { Schemas } from './schemas.ts'

/** What a payload says, and what is wrong with its body; or why it says nothing (section 3). */
export type Reading =
  | { readonly envelope: Facts; readonly faults: readonly Fault[] }
  | { readonly malformed: Text; readonly errors?: readonly Fault[] }

/**
 * Reads the payload of a message and judges its body by the release that it names. Nothing of the body outlives this: parsed,
 * it is the largest part of what a message holds. What it gives is plain data, which one thread can hand to another.
 */
export function readMessage(payload: Uint8Array, schemas: Pick<Schemas, 'isType' | 'validate'>): Reading {
  try {
    const { body, ...envelope } = parseEnvelope(payload, schemas.isType)
    return { envelope, faults: schemas.validate(envelope.schemaVersion, envelope.type, body) }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { malformed: error.detail, ...(error.errors && { errors: error.errors }) }
  }
}
