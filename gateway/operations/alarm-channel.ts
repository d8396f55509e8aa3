import type { Text } from '../base/base.ts'
import { remedyOf } from './alarm-words.ts'

/** One telling of an alarm: that it is on, that it still is, or that it is over. */
export type Notice = {
  /** The same each time that this telling is tried. */
  readonly id: string
  readonly alarmId: string
  readonly what: 'on' | 'still-on' | 'over'
  readonly code: string
  readonly subject: string
  readonly since: Date
}

/** A way to tell people, or their machines, of alarms. */
export type Channel = {
  readonly name: 'email' | 'webhook'
  /**
   * Tells, in order, until one cannot be told or the time is up.
   * @returns those that were told, and what kept the next from it, as a fixed word
   */
  tell(notices: readonly Notice[], signal: AbortSignal): Promise<Told>
  close(): Promise<void>
}

export type Told = { readonly told: readonly Notice[]; readonly fault?: string }

/** What is said of an alarm, in words. */
export function describeNotice({ what, code }: Notice): { readonly state: Text; readonly remedy: Text | undefined } {
  return { state: states[what], remedy: what === 'over' ? undefined : remedyOf(code) }
}

const states: Readonly<Record<Notice['what'], Text>> = {
  on: { en: 'on', fr: 'active' },
  'still-on': { en: 'still on', fr: 'toujours active' },
  over: { en: 'over', fr: 'terminée' },
}
