import type { Message } from '../message.ts'
import type { Fault } from '../problem.ts'
import { isObject } from '../shape.ts'
import { judge } from './judge.ts'
import type { Release } from './schema.ts'

/** Judges envelopes off line, as the gateway would judge their form; with the pointer and the words of each fault, in both languages. */
export type Validator = {
  /** Every fault of an envelope and its body, up to a hundred; none where it is valid. */
  validate(envelope: unknown): readonly Fault[]
  /** Whether an envelope is valid, in which case its `type` says what its body is. */
  isMessage(envelope: unknown): envelope is Message
}

const ENVELOPE = 'envelope.schema.json'

/**
 * Takes the files of a release by their path in it (`@passerelle/sdk/schemas/1.2.json` holds them); gives its validator. Throws a RangeError where the
 * files are not those of a release.
 */
export function openValidator(release: Release): Validator {
  const { allOf: _, ...envelope } = release[ENVELOPE] ?? {}
  if (envelope.properties === undefined) throw new RangeError('no envelope.schema.json')
  const types = envelope.properties['type']?.enum ?? []

  const validate = (value: unknown): readonly Fault[] => {
    const faults = judge(release, { schema: envelope, file: ENVELOPE }, value, '')
    if (!isObject(value) || !isObject(value['body']) || !types.some((type) => type === value['type'])) return faults
    const file = `${String(value['type'])}.schema.json`
    const schema = release[file]
    if (schema === undefined) throw new RangeError(`no ${file}`)
    return [...faults, ...judge(release, { schema, file }, value['body'], '/body')]
  }
  return { validate, isMessage: (value): value is Message => validate(value).length === 0 }
}
