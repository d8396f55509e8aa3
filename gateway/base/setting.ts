import { isFaultPoint } from './fault-points.ts'
import type { Text } from './text.ts'

/** A configuration that cannot work. `main` prints the message as its one line on standard error and exits 78. */
export class ConfigurationFault extends Error {
  override readonly name = 'ConfigurationFault'
}

/** Gives the value that a variable's text stands for. Its fault says what is wanted, never what was given: that may be a secret. */
export type Parse<Value> = (text: string, name: string) => Value

/** A variable of the environment. */
export type Setting<Value> = {
  readonly name: string
  /** As it would be written in the environment; absent where leaving it unset has a meaning of its own. */
  readonly default?: string
  readonly parse: Parse<Value>
  readonly meaning: Text
}

type Settings = Readonly<Record<string, Setting<unknown>>>

/** What a table of settings gives: each row under its own key what its own parser gives, nothing only where it has no default. */
export type Values<Table extends Settings> = {
  readonly [Key in keyof Table]:
    | ReturnType<Table[Key]['parse']>
    | (Table[Key] extends { readonly default: string } ? never : undefined)
}

/**
 * Reads every row of the table; an empty variable counts as unset.
 * @throws ConfigurationFault for a value that cannot be
 */
export function readSettings<Table extends Settings>(
  table: Table,
  env: Readonly<Record<string, string | undefined>>,
): Values<Table> {
  const read = ({ name, default: otherwise, parse }: Setting<unknown>): unknown => {
    const text = env[name] || otherwise
    return text === undefined ? undefined : parse(text, name)
  }
  // One loop for all rows, so that none is left out or read as another: what TypeScript cannot follow of it is said here, once.
  return Object.fromEntries(Object.entries(table).map(([key, row]) => [key, read(row)])) as Values<Table>
}

/** A fault that names its setting already. */
const NAMED = /^[A-Z][A-Z_]+[: ]/

/**
 * Does what a setting asks for. Where that cannot work, the fault begins with the setting's name; so it does for a failure of
 * the file system, which tells its code and no more.
 * @throws ConfigurationFault and whatever else `work` throws
 */
export async function blame<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const why = error instanceof ConfigurationFault ? error.message : describeFileFault(error)
    if (why === undefined || NAMED.test(why)) throw error
    throw new ConfigurationFault(`${name}: ${why}`, { cause: error })
  }
}

/** A failure of a system call on a file has its number, its name and the file's (Node's `SystemError`). */
function describeFileFault(error: unknown): string | undefined {
  if (!(error instanceof Error && 'errno' in error && 'code' in error && 'path' in error)) return undefined
  return `cannot use ${String(error.path)} (${String(error.code)})`
}

export const path: Parse<string> = (text, name) => {
  if (/\p{Cc}/u.test(text)) throw new ConfigurationFault(`${name} must be a path`)
  return text
}

export const host: Parse<string> = (text, name) => {
  if (!/^[A-Za-z0-9.:_-]+$/.test(text)) throw new ConfigurationFault(`${name} must be a host name or an address`)
  return text
}

/** Kubernetes gives each container variables of every service beside it: those of one named `passerelle` look like settings. */
const KUBERNETES =
  'Kubernetes sets it for a service of that name: rename the service, or set enableServiceLinks: false in the pod'
/** `PASSERELLE_SERVICE_HOST`, `PASSERELLE_PORT_8443_TCP_ADDR`, `PASSERELLE_OPERATIONS_SERVICE_PORT_HTTPS` and their like. */
const OF_KUBERNETES = /_SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)$|_PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)(?:_[A-Z]+)?)?$/

/** The fault of a variable that looks like a setting and is none. */
export function strangeSetting(name: string): ConfigurationFault {
  const why = OF_KUBERNETES.test(name) ? `; ${KUBERNETES}` : ''
  return new ConfigurationFault(`${name} is not a setting of the gateway${why}`)
}

/** Where a test has the process end: `openFaultPoints`. */
export const faultPoint: Parse<string> = (text, name) => {
  if (!isFaultPoint(text)) throw new ConfigurationFault(`${name} must be <place>:<n>`)
  return text
}

export function whole(least: number, most: number): Parse<number> {
  return (text, name) => {
    const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    const wanted = `${name} must be a whole number from ${least} to ${most}`
    throw new ConfigurationFault(/^[a-z]+:\/\//.test(text) ? `${wanted}; ${KUBERNETES}` : wanted)
  }
}

/** An ISO 8601 duration without months and years, whose length nobody can tell; gives milliseconds. */
export function duration(leastMs: number, most: string): Parse<number> {
  const mostMs = Temporal.Duration.from(most).total('milliseconds')
  return (text, name) => {
    const value = milliseconds(text)
    if (value !== undefined && value >= leastMs && value <= mostMs) return value
    throw new ConfigurationFault(`${name} must be an ISO 8601 duration such as PT15S, at most ${most}`)
  }
}

function milliseconds(text: string): number | undefined {
  try {
    return Temporal.Duration.from(text).total('milliseconds')
  } catch {
    return undefined
  }
}

/**
 * Durations as `duration` reads them, each under one of these names (`urgent=P1D,routine=P3D`); those that are not named are as in
 * `otherwise`. Gives milliseconds.
 */
export function durations<const Name extends string>(
  names: readonly Name[],
  otherwise: string,
  most: string,
): Parse<Readonly<Record<Name, number>>> {
  const parseName = oneOf(names)
  const parseOne = duration(1, most)
  const read = (text: string, name: string): Map<string, number> => {
    const parts = text.split(',').map((part) => {
      const [, key = '', value = ''] = /^\s*([a-z]+)=(\S+)\s*$/.exec(part) ?? []
      return [parseName(key, name), parseOne(value, name)] as const
    })
    const found = new Map<string, number>(parts)
    if (found.size < parts.length) throw new ConfigurationFault(`${name} names one of ${names.join(', ')} twice`)
    return found
  }
  return (text, name) => {
    const found = new Map([...read(otherwise, name), ...read(text, name)])
    return Object.fromEntries(names.map((key) => [key, found.get(key)])) as Record<Name, number>
  }
}

export function oneOf<const Name extends string>(names: readonly Name[]): Parse<Name> {
  return (text, name) => {
    const found = names.find((known) => known === text)
    if (found !== undefined) return found
    throw new ConfigurationFault(`${name} must be one of ${names.join(', ')}`)
  }
}

export function someOf<const Name extends string>(names: readonly Name[]): Parse<ReadonlySet<Name>> {
  const parseOne = oneOf(names)
  return (text, name) => new Set(text.split(',').map((part) => parseOne(part.trim(), name)))
}
