import type { OpenAdapter } from '../../../sdk/conformance/adapter.ts'
import type { Case } from '../../../sdk/conformance/case.ts'
import { casesOf } from '../../../sdk/conformance/cases.ts'
import { type Clock, jumpingClock } from '../../../sdk/conformance/clock.ts'
import { openOwnClient } from '../../../sdk/conformance/own/client.ts'
import type { OwnOptions, Parts } from '../../../sdk/conformance/own/parts.ts'
import { makePki } from '../../../sdk/conformance/pki.ts'
import { type RoleName, roles } from '../../../sdk/conformance/roles.ts'
import { type Result, runCases } from '../../../sdk/conformance/run.ts'

/** A client that was broken on purpose: what of the SDK's own it does in another way, and which cases that fails. */
export type Broken = {
  readonly name: string
  readonly role: RoleName
  readonly fails: readonly string[]
  readonly change?: (parts: Parts) => Parts | Promise<Parts>
  readonly options?: (given: OwnOptions & { readonly sleep: Sleep }) => OwnOptions
}
type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>

/** A slow gateway is really slow for a fiftieth of the time. */
const PACE = 0.02
const LIMIT_MS = 50_000
/** Who waits for an answer that never comes; elsewhere a slow machine must not look like a silent gateway. */
const IMPATIENCE = { attemptMs: 1500 }
const AT_ONCE = 4

export const pki = makePki(new Date())

type Opening = (clock: Clock, one: Case) => OpenAdapter

/** Plays a role's cases against the SDK's own client in this process, by clocks that jump on whenever somebody waits. */
export function play(role: RoleName, broken?: Broken): Promise<readonly Result[]> {
  return playAgainst(role, (clock, one) => (setup) => {
    const options = {
      now: () => new Date(clock.now()),
      sleep: (ms: number) => clock.sleep(ms),
      ...(one.id === 'no-answer' && { patience: IMPATIENCE }),
      connections: 1,
    }
    return openOwnClient(setup, broken?.options?.(options) ?? options, broken?.change)
  })
}

/** Plays them against any other. */
export async function playAgainst(role: RoleName, open: Opening): Promise<readonly Result[]> {
  return runCases({
    role: roles[role],
    cases: casesOf(role),
    pki: await pki,
    clock: () => jumpingClock(PACE),
    open,
    limitMs: LIMIT_MS,
    atOnce: AT_ONCE,
  })
}

/** What failed, by id. */
export function failedOf(results: readonly Result[]): readonly string[] {
  return results.filter(({ state }) => state !== 'passed').map((result) => result.case.id)
}
