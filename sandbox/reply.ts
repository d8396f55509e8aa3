/** What an automatic player says next. Rules give these, and nothing else; who they are from, and when, is seen to elsewhere. */

import type { CaseView, Envelope, Json, JsonObject } from '../sdk/index.ts'

export type Reply = {
  /** What it is called beside what it follows from: the two make its id, so that whoever says it again says the same message. */
  readonly as: string
  readonly type: string
  readonly body: JsonObject
  /** To whom; to whoever wrote what it follows from where absent. */
  readonly to?: string
  /** Whether it answers what it follows from, or which other message it answers. */
  readonly answers?: true | string
  readonly priority?: 'immediate' | 'urgent' | 'routine'
  /** Hours from now. */
  readonly respondWithin?: number
  /** How much later it is said than others, in turns of the sandbox's pace. */
  readonly turns?: number
}

/** What a player knows when it decides: the case as the gateway shows it to its agency, oldest first, and the messages of it that it has received. */
export type Known = {
  readonly me: string
  readonly now: Date
  readonly messages: CaseView['messages']
  readonly received: readonly Envelope[]
}

const DAY_MS = 86_400_000

/** The day so many days from now, YYYY-MM-DD. */
export const dayFrom = (now: Date, days: number): string =>
  new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10)

/** Reads a member of what somebody else wrote. */
export function member(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined
    found = (found as JsonObject)[name]
  }
  return found
}

export const objectAt = (value: Json | undefined, ...path: readonly string[]): JsonObject | undefined => {
  const found = member(value, ...path)
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as JsonObject) : undefined
}

export const listAt = (value: Json | undefined, ...path: readonly string[]): readonly Json[] => {
  const found = member(value, ...path)
  return Array.isArray(found) ? (found as readonly Json[]) : []
}

export const textAt = (value: Json | undefined, ...path: readonly string[]): string | undefined => {
  const found = member(value, ...path)
  return typeof found === 'string' ? found : undefined
}
