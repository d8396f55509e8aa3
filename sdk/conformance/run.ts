import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Text } from '../problem.ts'
import type { OpenAdapter } from './adapter.ts'
import type { Case } from './case.ts'
import { NotTried, Unmet } from './unmet.ts'
import type { Clock } from './clock.ts'
import type { Pki } from './pki.ts'
import type { Role } from './roles.ts'
import { openStage, type Stage } from './stage.ts'

export type State = 'passed' | 'failed' | 'not-tried'
export type Result = {
  readonly case: Case
  readonly state: State
  /** What was seen instead. */
  readonly text?: Text
  readonly ms: number
}

export type RunOptions = {
  readonly role: Role
  readonly cases: readonly Case[]
  readonly pki: Pki
  /** A clock for each case. */
  readonly clock: () => Clock
  /** The partner's client, where there is an adapter; a test gives it the case's clock, and more patience in one case than in another. */
  readonly open?: (clock: Clock, one: Case) => OpenAdapter
  /** The partner's endpoint, where it was started by hand, and how the stage for it is set. */
  readonly endpoint?: { readonly url: string; readonly stage: Stage }
  readonly limitMs: number
  /** How many cases are played at once; clients that are processes are played one by one. */
  readonly atOnce?: number
  readonly signal?: AbortSignal
  /** Told of each case, before and after. */
  readonly onBegin?: (one: Case) => void
  readonly onEnd?: (result: Result) => void
}

/** Plays all cases; gives their results in the same order. @throws what the signal says when it is aborted */
export async function runCases(options: RunOptions): Promise<readonly Result[]> {
  const results: Result[] = []
  const waiting = [...options.cases.entries()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, one] = next
      options.signal?.throwIfAborted()
      options.onBegin?.(one)
      const begun = performance.now()
      const result = { case: one, ...(await play(one, options)), ms: Math.round(performance.now() - begun) }
      results[at] = result
      options.onEnd?.(result)
    }
  }
  await Promise.all(Array.from({ length: options.atOnce ?? 1 }, work))
  return results
}

async function play(one: Case, options: RunOptions): Promise<Pick<Result, 'state' | 'text'>> {
  const { endpoint } = options
  if (one.on === 'endpoint' && endpoint !== undefined) return judge(one, endpoint.stage, options.signal)
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-conformance-'))
  try {
    const clock = options.clock()
    const stage = await openStage({
      ...options,
      clock,
      folder,
      open: options.open?.(clock, one),
      endpoint: undefined,
      port: 0,
      algorithm: one.algorithm ?? 'ES256',
    })
    try {
      return await judge(one, stage, options.signal)
    } finally {
      await stage.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function judge(one: Case, stage: Stage, signal?: AbortSignal): Promise<Pick<Result, 'state' | 'text'>> {
  try {
    await unlessAborted(one.run(stage), signal)
    return { state: 'passed' }
  } catch (fault) {
    signal?.throwIfAborted()
    if (fault instanceof Unmet) return { state: 'failed', text: fault.text }
    if (fault instanceof NotTried) return { state: 'not-tried', text: fault.text }
    const said = fault instanceof Error ? `${fault.name}: ${fault.message}` : 'unknown'
    return { state: 'failed', text: { en: `The client failed. ${said}`, fr: `Le client a échoué. ${said}` } }
  }
}

/** What a person does not want to wait for any longer is left; closing the stage ends it. @throws the signal's reason */
async function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal?.reason)
  signal?.addEventListener('abort', abort)
  try {
    await Promise.race([work, aborted.promise])
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

export type Verdict = 'conforms' | 'does-not-conform' | 'incomplete'

/**
 * What the results come to. An advisory case that failed does not count against a partner. A required one that could not be tried makes the verdict incomplete, but where
 * nothing of its kind was tried: who is never pushed to needs no endpoint, and who is always pushed to no client.
 */
export function verdictOf(results: readonly Result[]): Verdict {
  const required = results.filter((result) => result.case.rank === 'required')
  if (required.some(({ state }) => state === 'failed')) return 'does-not-conform'
  const tried = new Set(required.filter(({ state }) => state !== 'not-tried').map((result) => result.case.on))
  const isMissing = required.some((result) => result.state === 'not-tried' && tried.has(result.case.on))
  return tried.size === 0 || isMissing ? 'incomplete' : 'conforms'
}
