import { setTimeout as delayed } from 'node:timers/promises'

/** By what the runner reckons time; in a test, one that passes as soon as somebody waits. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number
  /** Waits while nothing happens. */
  sleep(ms: number): Promise<unknown>
  /** How long the gateway really takes where it plays a slow one, for each millisecond of the case. */
  readonly pace: number
}

export const realClock: Clock = { now: () => Date.now(), sleep: (ms) => delayed(ms), pace: 1 }

/** A clock that stands still, and jumps on whenever somebody waits. @param pace how long a slow answer really takes, for each millisecond of the case */
export function jumpingClock(pace: number): Clock {
  let now = Date.now()
  return { now: () => now, sleep: async (ms) => void (now += ms), pace }
}
