import { setTimeout as pause } from 'node:timers/promises'
import type { Lane } from '../protocol/protocol.ts'

/** Drains a lane; `stopping` says that the process is. */
export type Drain = (lane: Lane, stopping: AbortSignal) => Promise<void>

/** The lanes that this process drains: each by one drain at a time, whoever calls. */
export type Lanes = {
  /** Tells a lane that is being drained that something was added; false where it is not. */
  note(lane: Lane): boolean
  /** Drains a lane, and again where something was added meanwhile. Never throws. */
  run(drain: Drain, lane: Lane): Promise<void>
  /** Says to what is being drained that the process is stopping. */
  stop(): void
}

/** Between two rounds of a lane that keeps filling, by priority: what comes meanwhile shares a commit. */
const PAUSE_MS = [5, 50, 50]

export const nameOf = ({ recipient, priority }: Lane): string => `${recipient}.${priority}`

/** Opens the lanes of a process; `onError` hears of a drain that failed: what it left behind is found by the sweep. */
export function openLanes(onError: (error: unknown) => void): Lanes {
  const stopping = new AbortController()
  /** Those being drained, and whether something was added since their round began. */
  const rounds = new Map<string, 'nothing new' | 'more came'>()

  function note(lane: Lane): boolean {
    const name = nameOf(lane)
    if (!rounds.has(name)) return false
    rounds.set(name, 'more came')
    return true
  }

  async function run(drain: Drain, lane: Lane): Promise<void> {
    if (note(lane)) return
    const name = nameOf(lane)
    const goesOn = (): boolean => rounds.get(name) === 'more came'
    try {
      do {
        rounds.set(name, 'nothing new')
        await drain(lane, stopping.signal)
        if (goesOn())
          await pause(PAUSE_MS[lane.priority], undefined, { signal: stopping.signal }).catch(() => undefined)
      } while (goesOn() && !stopping.signal.aborted)
    } catch (error) {
      onError(error)
    } finally {
      rounds.delete(name)
    }
  }

  return { note, run, stop: () => stopping.abort() }
}
