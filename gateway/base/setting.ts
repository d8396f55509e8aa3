import type { Text } from './problems.ts'

/** A configuration that cannot work. `main` prints the message as its one line on standard error and exits 78. */
export class ConfigurationFault extends Error {
  override readonly name = 'ConfigurationFault'
}

/** Gives the value that a variable's text stands for. Its fault says what is wanted, never what was given: that may be a secret. */
type Parse<Value> = (text: string, name: string) => Value

/** A variable of the environment. */
export type Setting<Value> = {
  readonly name: string
  /** As it would be written in the environment; absent where leaving it unset has a meaning of its own. */
  readonly default?: string
  readonly parse: Parse<Value>
  readonly meaning: Text
}

export const path: Parse<string> = (text, name) => {
  if (text.includes('\0')) throw new ConfigurationFault(`${name} must be a path`)
  return text
}

export const host: Parse<string> = (text, name) => {
  if (!/^[A-Za-z0-9.:_-]+$/.test(text)) throw new ConfigurationFault(`${name} must be a host name or an address`)
  return text
}

export function whole(least: number, most: number): Parse<number> {
  return (text, name) => {
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new ConfigurationFault(`${name} must be a whole number from ${least} to ${most}`)
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

export function url(...schemes: readonly string[]): Parse<string> {
  const start = new RegExp(`^(${schemes.map(RegExp.escape).join('|')})://[^\\s]+$`)
  return (text, name) => {
    if (start.test(text)) return text
    throw new ConfigurationFault(`${name} must be a URL that begins with ${schemes[0]}://`)
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
