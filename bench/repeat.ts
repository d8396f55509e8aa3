import type { Placed, Scene } from './plan.ts'
import { fillRecord } from './prefill.ts'
import { figureRow, type Measured, summarize } from './report.ts'
import type { Server } from './server.ts'
import type { Target } from './systems.ts'

/** Every run's results by its name, one a repetition. */
export type Results = ReadonlyMap<string, readonly Measured[]>

/** Runs the whole plan so many times over, so that whatever else the machine does meanwhile falls on all alike. */
export async function repeatPlan(
  scenes: readonly Scene[],
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
    for (const scene of scenes) await runScene(scene, rates, server, kept, note)
  }
  return results
}

async function runScene(
  { systems, runs }: Scene,
  rates: ReadonlyMap<string, number>,
  server: Server,
  kept: Map<number, string>,
  note: (name: string, measured: Measured) => void,
): Promise<void> {
  await using ending = new AsyncDisposableStack()
  const targets = new Map<Placed, Target>()
  for (const placed of systems) targets.set(placed, await start(placed, server, kept, ending))
  for (const { on, name, make } of runs) {
    await server.checkpoint()
    const measured = await targets.get(on)?.measure(make(rates))
    if (measured === undefined) throw new Error(`${name} is planned on a system that is not in its scene`)
    note(name, measured)
  }
}

async function start(
  { system, record }: Placed,
  server: Server,
  kept: Map<number, string>,
  ending: AsyncDisposableStack,
): Promise<Target> {
  const before = record && kept.get(record.messages)
  const url = before ?? (await server.createDatabase())
  if (record?.kept !== true) ending.defer(() => server.dropDatabase(url))
  const target = await system.start(url)
  ending.defer(() => target.stop())
  if (record !== undefined && before === undefined) await fillRecord(url, record.messages)
  if (record?.kept === true) kept.set(record.messages, url)
  return target
}
