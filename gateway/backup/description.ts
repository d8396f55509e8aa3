import { ConfigurationFault } from '../base/base.ts'
import { isJsonObject, type JsonObject, parseJson, parseTime, UUID } from '../protocol/protocol.ts'
import type { LogState } from '../record/record.ts'
import { isSafePath } from './sums.ts'

/** What a backup says of itself, in `backup.json`. */
export type Description = {
  /** When it was begun: what was acknowledged until then is in it. By the record's clock. */
  readonly at: Date
  /** The log at that time. */
  readonly log: LogState
  /** The folders of the record, of which some are empty. */
  readonly folders: readonly string[]
}

const FORM = 'passerelle-backup/1'

/** The text of `backup.json`. */
export function formatDescription({ at, log, folders }: Description): string {
  return `${JSON.stringify({ form: FORM, at: at.toISOString(), log, folders }, undefined, 1)}\n`
}

/** Reads `backup.json`. @throws ConfigurationFault where it is not what this release writes */
export function parseDescription(bytes: Buffer): Description {
  const { form, at, log, folders } = readObject(bytes)
  if (form !== FORM) throw new ConfigurationFault(`backup.json is not of the form ${FORM}`)
  const time = parseTime(at)
  if (time === undefined || !isJsonObject(log) || !Array.isArray(folders)) throw broken()
  const { origin, size, last } = log
  const isLast = last === undefined || (typeof last === 'string' && UUID.test(last))
  if (typeof origin !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || !isLast) throw broken()
  if (size < 0 || size > 0 !== (last !== undefined)) throw broken()
  const isFolder = (path: unknown): path is string => typeof path === 'string' && isSafePath(path)
  if (!folders.every(isFolder)) throw broken()
  return { at: time, log: { origin, size, last }, folders }
}

const broken = (): ConfigurationFault => new ConfigurationFault('backup.json is not one of a backup')

function readObject(bytes: Buffer): JsonObject {
  try {
    const value = parseJson(bytes)
    if (isJsonObject(value)) return value
  } catch (error) {
    throw new ConfigurationFault('backup.json cannot be read', { cause: error })
  }
  throw broken()
}
