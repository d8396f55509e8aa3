import { runName } from './plan.ts'
import type { Results } from './repeat.ts'
import { type Measured, median, type Target } from './report.ts'
import type { Run } from './run.ts'

const rate = ({ count, seconds }: Measured): number => count / seconds
const p50 = (run: Measured): number => run.p50
const p99 = (run: Measured): number => run.p99

/**
 * The bounds that the project has set itself, each the median over the repetitions of a ratio of two figures of one repetition;
 * only such as were measured.
 */
export function targetsOf(results: Results): readonly Target[] {
  const each = (name: string, pick: (run: Measured) => number): readonly number[] => (results.get(name) ?? []).map(pick)
  const ratio = (above: readonly number[], below: readonly number[]): number =>
    median(above.map((value, at) => value / (below[at] ?? Number.NaN)))
  const own = (mode: Run['mode'], connections: number, record?: number): string =>
    runName('Passerelle', mode, connections, record)
  const rates = (above: string, below: string): number => ratio(each(above, rate), each(below, rate))
  const floor = (connections: number): string => runName('floor', 'closed', connections)
  const half = own('open', 32)
  const targets: Target[] = [
    { name: 'accepted ÷ floor, 32 connections', value: rates(own('closed', 32), floor(32)), atLeast: 0.55 },
    { name: 'accepted ÷ floor, 128 connections', value: rates(own('closed', 128), floor(128)), atLeast: 0.5 },
    {
      name: 'delivered and acknowledged ÷ floor, 32 connections',
      value: rates(runName('Passerelle with its worker', 'delivered', 32), floor(32)),
      atLeast: 0.3,
    },
    {
      name: 'accepted ÷ easy gateway, 32 connections',
      value: rates(runName('Passerelle beside the easy gateway', 'closed', 32), runName('easy gateway', 'closed', 32)),
      atLeast: 2.5,
    },
    {
      name: 'accepted ÷ easy gateway, 32 connections, on Redis',
      value: rates(runName('Passerelle on Redis', 'closed', 32), runName('easy gateway on Redis', 'closed', 32)),
      atLeast: 1.8,
    },
    { name: 'p99 ÷ p50 at half of the full rate', value: ratio(each(half, p99), each(half, p50)), atMost: 3 },
    {
      name: 'accepted with 1 million in the record ÷ with 10 thousand',
      value: rates(own('closed', 32, 1_000_000), own('closed', 32, 10_000)),
      atLeast: 0.8,
    },
    {
      name: 'inbox page with 1 million in the record ÷ with 10 thousand',
      value: ratio(each(own('inbox', 1, 1_000_000), p50), each(own('inbox', 1, 10_000), p50)),
      atMost: 1.3,
    },
  ]
  return targets.filter(({ value }) => !Number.isNaN(value))
}
