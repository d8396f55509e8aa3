import { every, type Log } from '../base/base.ts'
import type { Alarm } from '../identity/identity.ts'
import { type Database, logState, type ToldLeaf, toldLeaves } from '../record/record.ts'

/** What has happened, as ids and codes. */
export type OperationsEvent =
  | ({ readonly kind: 'act' | 'message'; readonly index: number } & Told)
  | { readonly kind: 'alarm'; readonly code: string; readonly agency: string | undefined; readonly on: boolean }

type Told = {
  /** The act's name, or the receipt's event. */
  readonly what: string
  readonly actId: string | undefined
  readonly agency: string | undefined
  readonly from: string | undefined
  readonly messageId: string | undefined
  readonly caseId: string | undefined
}

/** Hears of events until it is stopped. */
export type Listener = (event: OperationsEvent) => void

export type Events = AsyncDisposable & {
  /**
   * Tells what happens from now on, or what has happened behind a place in the log, at most 2,000 of it.
   * @returns the call that ends it; undefined where this operator, or all together, listen as often as they may
   */
  listen(operator: string, listener: Listener, after?: number): Promise<(() => void) | undefined>
  /** An alarm has begun or ended. */
  tellAlarm(alarm: Alarm, on: boolean): void
}

/** A page in some tabs; a stream is a connection, and all of them are asked once a second for by one look. */
const MOST_OF_ONE = 8
const MOST = 64
const LOOK_MS = 1_000
/** What one look tells: what more there is, the next does. */
const MOST_AT_ONCE = 200
/** Of what somebody has missed. */
const MOST_PAGES = 10

/** Opens the events: while anybody listens, one look a second at what has been added to the log, whichever process did. */
export function openEvents({ database, log }: { readonly database: Database; readonly log: Log }): Events {
  type Listening = { readonly operator: string; hear: Listener }
  const all = new Set<Listening>()
  /** The last leaf that was told; undefined while nobody listens. */
  let last: number | undefined

  async function look(): Promise<void> {
    if (all.size === 0) {
      last = undefined
      return
    }
    last ??= (await logState(database)).size - 1
    const found = await toldLeaves(database, last, MOST_AT_ONCE)
    for (const leaf of found) for (const { hear } of all) hear(toEvent(leaf))
    last = found.at(-1)?.index ?? last
  }

  /** Gives the place in the log up to which it was told. */
  async function tellMissed(listener: Listener, after: number): Promise<number> {
    let known = after
    for (let page = 0; page < MOST_PAGES; page++) {
      const missed = await toldLeaves(database, known, MOST_AT_ONCE)
      for (const leaf of missed) listener(toEvent(leaf))
      known = missed.at(-1)?.index ?? known
      if (missed.length < MOST_AT_ONCE) break
    }
    return known
  }
  const stop = every(LOOK_MS, look, (error) => log.warn({ err: error }, 'events could not be looked for'))

  return {
    async listen(operator, listener, after) {
      const mine = [...all].filter((one) => one.operator === operator).length
      if (all.size >= MOST || mine >= MOST_OF_ONE) return undefined
      const meanwhile: OperationsEvent[] = []
      const own: Listening = { operator, hear: (event) => void meanwhile.push(event) }
      all.add(own)
      try {
        last ??= (await logState(database)).size - 1
        const known = after === undefined ? last : await tellMissed(listener, after)
        for (const event of meanwhile) if (!('index' in event) || event.index > known) listener(event)
        own.hear = listener
      } catch (error) {
        all.delete(own)
        throw error
      }
      return () => void all.delete(own)
    },
    tellAlarm({ code, subject }, on) {
      const agency = AGENCY_ALARMS.has(code) ? subject : undefined
      for (const { hear } of all) hear({ kind: 'alarm', code, agency, on })
    },
    [Symbol.asyncDispose]: stop,
  }
}

/** Alarms whose subject is an agency; others speak of authorities, files and disks. */
export const AGENCY_ALARMS: ReadonlySet<string> = new Set(['agency-gone', 'response-overdue', 'message-unread'])

function toEvent({ index, id, event, act, agency, sender, message_id, case_id }: ToldLeaf): OperationsEvent {
  const about = {
    agency: agency ?? undefined,
    from: sender ?? undefined,
    messageId: message_id ?? undefined,
    caseId: case_id ?? undefined,
  }
  return event === null
    ? { kind: 'act', index, what: act ?? '', actId: id, ...about }
    : { kind: 'message', index, what: event, actId: undefined, ...about }
}
