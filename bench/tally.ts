import { setTimeout as pause } from 'node:timers/promises'
import { peakMebibytes, processorMicros } from './processes.ts'
import { type Measured, percentile } from './report.ts'
import type { Run, Watched } from './run.ts'

/** What a run counts, and how long each of it took. */
export type Tally = {
  isOver(): boolean
  /** Notes an answer (`refused`: its status, where it is not the one asked for) to what began at `since`. */
  note(since: number, refused?: number): void
  end(): Promise<Measured>
}

/** A system is quiet when it and PostgreSQL use less than this share of one core. */
const QUIET_SHARE = 0.05
const QUIET_WITHIN_MS = 20_000
const QUIET_LOOK_MS = 400

/** Starts a run: counts from the end of the warm-up for its seconds, and reads the processors' clocks at both ends. */
export function startTally(watched: Watched, { warmUpSeconds, seconds }: Run): Tally {
  const from = performance.now() + warmUpSeconds * 1000
  const until = from + seconds * 1000
  const times: number[] = []
  const refused: Record<string, number> = {}
  const meter = startMeter(watched, warmUpSeconds, seconds)
  let last = from
  return {
    isOver: () => performance.now() >= until,
    note(since, status) {
      const now = performance.now()
      if (now < from || now >= until) return
      last = now
      if (status === undefined) times.push(now - since)
      else refused[status] = (refused[status] ?? 0) + 1
    },
    // what was signed beforehand may have run out early: the time is that to the last answer
    end: async () => summarizeRun(watched, times, (last - from) / 1000, refused, await meter),
  }
}

/** Puts a run's counts together; `used` is the processors' time (µs) that it took. */
export function summarizeRun(
  { pid }: Watched,
  times: readonly number[],
  seconds: number,
  refused: Readonly<Record<string, number>>,
  used: Clocks | undefined,
): Measured {
  const sorted = times.toSorted((a, b) => a - b)
  const count = sorted.length
  const peak = peakMebibytes(pid)
  return {
    count,
    seconds,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    refused,
    ...(used !== undefined &&
      count > 0 && { systemMicros: used.system / count, databaseMicros: used.database / count }),
    ...(peak !== undefined && { peakMebibytes: peak }),
  }
}

/** Processor time (µs) so far, or used. */
export type Clocks = { readonly system: number; readonly database: number }

/** Reads the clocks; undefined where the machine has no /proc. */
export function readClocks({ pid, postmaster }: Watched): Clocks | undefined {
  const system = processorMicros(pid)
  const database = processorMicros(postmaster)
  return system === undefined || database === undefined ? undefined : { system, database }
}

/** What was used between two readings. */
export function usedBetween(before: Clocks | undefined, after: Clocks | undefined): Clocks | undefined {
  if (before === undefined || after === undefined) return undefined
  return { system: after.system - before.system, database: after.database - before.database }
}

async function startMeter(watched: Watched, warmUp: number, seconds: number): Promise<Clocks | undefined> {
  await pause(warmUp * 1000)
  const before = readClocks(watched)
  await pause(seconds * 1000)
  return usedBetween(before, readClocks(watched))
}

/** Waits until what an earlier run left to do (consigning, vacuuming) is done, so that no run pays for another. */
export async function waitUntilQuiet(watched: Watched): Promise<void> {
  const giveUp = performance.now() + QUIET_WITHIN_MS
  for (let before = readClocks(watched); before !== undefined && performance.now() < giveUp; ) {
    await pause(QUIET_LOOK_MS)
    const now = readClocks(watched)
    const used = usedBetween(before, now)
    if (used === undefined || used.system + used.database < QUIET_SHARE * QUIET_LOOK_MS * 1000) return
    before = now
  }
}
