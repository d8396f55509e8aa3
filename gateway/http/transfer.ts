import type { FastifyReply } from 'fastify'
import { LONGEST_MS } from './admission/arrivals.ts'

/** Who stops waits 28 s for what is under way; a transfer may take longer, and can be made again. */
const STOPPING_MS = 10_000

/** Ends the connection of a transfer that is still under way after ten minutes, or ten seconds after the process has begun to stop. */
export function endInTime({ raw }: FastifyReply, stopping: AbortSignal): void {
  const timers = new Set<NodeJS.Timeout>()
  const endAfter = (ms: number) => timers.add(setTimeout(() => raw.destroy(), ms))
  const stop = () => endAfter(STOPPING_MS)
  endAfter(LONGEST_MS)
  if (stopping.aborted) stop()
  else stopping.addEventListener('abort', stop, { once: true })
  raw.once('close', () => {
    stopping.removeEventListener('abort', stop)
    for (const timer of timers) clearTimeout(timer)
  })
}
