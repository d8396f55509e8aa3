import { ConfigurationFault, readText } from '../gateway/base/base.ts'
import { ED25519, ML_DSA_44_COSIGNATURE, NoteFault, parseVerifierKey, type VerifierKey } from '../tlog/note.ts'

/** A log that the witness watches: its origin, and the keys by which it signs. */
export type WatchedLog = { readonly origin: string; readonly keys: readonly VerifierKey[] }

/** A log of each gateway that a witness may want to watch, with the successors of each. */
const MOST_LOGS = 100
const MOST_KEYS = 8

/**
 * Reads the file of logs: `{"logs": [{"origin", "verifierKeys": [vkey…]}]}`. A member `current`, as the well-known document of a
 * gateway has it, means nothing here; any other is a fault.
 * @throws ConfigurationFault which says where
 */
export async function readLogs(file: string): Promise<ReadonlyMap<string, WatchedLog>> {
  return parseLogs(await readText(file), file)
}

/** @throws ConfigurationFault */
export function parseLogs(text: string, file: string): ReadonlyMap<string, WatchedLog> {
  const fault = (where: string): never => {
    throw new ConfigurationFault(`${file}: ${where}`)
  }
  const document = parse(text) ?? fault('is not JSON')
  const entries = isObject(document) && hasOnly(document, ['logs']) ? document['logs'] : undefined
  if (!Array.isArray(entries) || entries.length > MOST_LOGS)
    return fault(`/logs must be a list of ${MOST_LOGS} at most`)
  const logs = new Map<string, WatchedLog>()
  for (const [place, entry] of entries.entries()) {
    const at = `/logs/${place}`
    if (!isObject(entry) || !hasOnly(entry, ['origin', 'verifierKeys', 'current'])) return fault(`${at} is no log`)
    const { origin, verifierKeys } = entry
    if (typeof origin !== 'string' || origin === '' || origin.length > 255 || /\p{Cc}/u.test(origin))
      return fault(`${at}/origin is no origin`)
    if (logs.has(origin)) return fault(`${at}/origin is there already`)
    if (!Array.isArray(verifierKeys) || verifierKeys.length === 0 || verifierKeys.length > MOST_KEYS)
      return fault(`${at}/verifierKeys must be a list of 1 to ${MOST_KEYS}`)
    const keys = verifierKeys.map((vkey, at2) => readKey(vkey, (why) => fault(`${at}/verifierKeys/${at2} ${why}`)))
    logs.set(origin, { origin, keys })
  }
  return logs
}

function readKey(vkey: unknown, fault: (why: string) => never): VerifierKey {
  try {
    const key = parseVerifierKey(typeof vkey === 'string' ? vkey : '')
    return key.type === ED25519 || key.type === ML_DSA_44_COSIGNATURE ? key : fault('is no key of a log')
  } catch (error) {
    if (error instanceof NoteFault) return fault(error.message)
    throw error
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const hasOnly = (value: object, names: readonly string[]): boolean =>
  Object.keys(value).every((name) => names.includes(name))
