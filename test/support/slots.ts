import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { TestGateway } from './gateway.ts'
import type { RunningProcess } from './process.ts'

/** Where a process kills itself: at a fault point, passed so often; or undefined, and somebody else kills it at any moment. */
export type Death = `${string}:${number}` | undefined

/** The longest that a process runs until it is killed at any moment. */
const LONGEST_MS = 1_500
/** By then a fault point has been passed as often as was asked. */
const PATIENCE_MS = 60_000

/**
 * Runs one process after the other on a gateway's record, each until it has died its death, and one more that lives.
 * @param died is called after each death
 */
export async function dieAgainAndAgain(
  gateway: TestGateway,
  env: Record<string, string>,
  deaths: readonly Death[],
  died: () => void,
): Promise<void> {
  for (const death of deaths) {
    if (death === undefined) {
      const { process } = await gateway.startAnother(env)
      await pause(randomInt(LONGEST_MS))
      await process.kill()
    } else await ownDeath(gateway, { ...env, PASSERELLE_FAULT_POINT: death })
    died()
  }
  await gateway.startAnother(env)
}

async function ownDeath(gateway: TestGateway, env: Record<string, string>): Promise<void> {
  let process: RunningProcess
  try {
    ;({ process } = await gateway.startAnother(env))
  } catch (error) {
    // It may have come so far before it was ready.
    if (String(error).includes('ended (SIGKILL)')) return
    throw error
  }
  const signal = await Promise.race([process.ended(), pause(PATIENCE_MS, 'lives', { ref: false })])
  if (signal !== 'SIGKILL') throw new Error(`${env['PASSERELLE_FAULT_POINT']}: ${signal}\n${process.stderr()}`)
}
