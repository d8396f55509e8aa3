import type { FullRecord, Plan } from './plan.ts'
import { fillRecord } from './prefill.ts'
import { figureRow, type Measured, summarize } from './report.ts'
import type { Server } from './server.ts'
import type { Target } from './systems.ts'

/** Every run's results by its name, one a repetition. */
export type Results = ReadonlyMap<string, readonly Measured[]>

/** Runs the whole plan so many times over, so that whatever else the machine does meanwhile falls on all alike. */
export async function repeatPlan(
  plans: readonly Plan[],
  repetitions: number,
  server: Server,
  say: (line: string) => void,
): Promise<Results> {
  const results = new Map<string, Measured[]>()
  const kept = new Map<number, string>()
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    const rates = new Map<string, number>()
    const note = (name: string, measured: Measured): void => {
      rates.set(name, measured.count / measured.seconds)
      results.set(name, [...(results.get(name) ?? []), measured])
      say(`${repetition}/${repetitions}  ${figureRow(name, summarize([measured])).join('  ')}`)
    }
    for (const plan of plans) await runPlan(plan, rates, server, kept, note)
  }
  return results
}

async function runPlan(
  { system, runs, record }: Plan,
  rates: ReadonlyMap<string, number>,
  server: Server,
  kept: Map<number, string>,
  note: (name: string, measured: Measured) => void,
): Promise<void> {
  const before = record && kept.get(record.messages)
  const url = before ?? (await server.createDatabase())
  const target = await system.start(url)
  try {
    if (record !== undefined && before === undefined) await fill(url, record, kept)
    for (const makeRun of runs) {
      const { name, run } = makeRun(rates)
      await server.checkpoint()
      note(name, await target.measure(run))
    }
  } finally {
    await endTarget(target, server, record?.kept === true ? undefined : url)
  }
}

async function fill(url: string, { messages, kept: keep }: FullRecord, kept: Map<number, string>): Promise<void> {
  await fillRecord(url, messages)
  if (keep) kept.set(messages, url)
}

async function endTarget(target: Target, server: Server, url: string | undefined): Promise<void> {
  await target.stop()
  if (url !== undefined) await server.dropDatabase(url)
}
