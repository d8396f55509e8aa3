import { readdirSync, readFileSync } from 'node:fs'
import type { MessageType } from '../generated/bodies.ts'
import type { Message, MessageOf } from '../message.ts'
import type { Fault } from '../problem.ts'
import { isObject } from '../shape.ts'
import type { Release, Schema } from './schema.ts'
import { openValidator, type Validator } from './validator.ts'

/** The published schemas: beside this package's code where it is installed, and at the top of the repository where it is written. */
const SCHEMAS = new URL('../../schemas/', import.meta.url)
const RELEASE = /^\d+\.\d+$/

const opened = new Map<string, Validator>()

/** The releases of the schemas that this package has, oldest first. */
export function releases(): readonly string[] {
  const [major, minor] = [0, 1].map((at) => (version: string) => Number(version.split('.')[at]))
  const names = readdirSync(SCHEMAS).filter((name) => RELEASE.test(name))
  return names.toSorted((a, b) => (major?.(a) ?? 0) - (major?.(b) ?? 0) || (minor?.(a) ?? 0) - (minor?.(b) ?? 0))
}

/** Gives the schemas of a release by their path in it. Throws where this package does not have it. */
export function schemasOf(release: string): Release {
  if (!RELEASE.test(release)) throw new RangeError('no release')
  const folder = new URL(`${release}/`, SCHEMAS)
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as Schema
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'))
  return Object.fromEntries(paths.filter((path) => path.endsWith('.schema.json')).map((path) => [path, read(path)]))
}

/**
 * Gives the published examples of a type: valid whole envelopes, the first without attachments. Of the newest release, where none is named. Throws where
 * this package does not have it.
 */
export function examplesOf<Type extends MessageType>(
  type: Type,
  release = releases().at(-1) ?? '',
): readonly [MessageOf<Type>, ...MessageOf<Type>[]] {
  const file = new URL(`${release}/${type}.examples.json`, SCHEMAS)
  return JSON.parse(readFileSync(file, 'utf8')) as [MessageOf<Type>]
}

/**
 * Takes an envelope; gives every fault that the published schemas of its release find in it, off line, each with a pointer and with words in English and
 * French; none where it is valid.
 */
export function validate(envelope: unknown): readonly Fault[] {
  const named = isObject(envelope) ? envelope['schemaVersion'] : undefined
  const known = releases()
  const release = known.find((each) => each === named) ?? known.at(-1) ?? ''
  const validator = opened.get(release) ?? openValidator(schemasOf(release))
  opened.set(release, validator)
  return validator.validate(envelope)
}

/** Whether an envelope is valid, in which case its `type` says what its body is. */
export function isMessage(envelope: unknown): envelope is Message {
  return validate(envelope).length === 0
}
