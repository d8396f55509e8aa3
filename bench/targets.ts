import { runName } from './plan.ts'
import type { Figure, Target } from './report.ts'

/** The bounds that the project has set itself, each a ratio of two figures of one run of the benchmark; only such as were measured. */
export function targetsOf(figures: ReadonlyMap<string, Figure>): readonly Target[] {
  const rate = (name: string): number => figures.get(name)?.rate ?? Number.NaN
  const own = (mode: 'closed' | 'delivered', connections: number): number =>
    rate(runName('Passerelle', mode, connections))
  const floor = (connections: number): number => rate(runName('floor', 'closed', connections))
  const easy = (on: string): number => rate(runName(`easy gateway${on}`, 'closed', 32))
  const half = figures.get(runName('Passerelle', 'open', 32))
  const targets: Target[] = [
    { name: 'accepted ÷ floor, 32 connections', value: own('closed', 32) / floor(32), atLeast: 0.55 },
    { name: 'accepted ÷ floor, 128 connections', value: own('closed', 128) / floor(128), atLeast: 0.5 },
    {
      name: 'delivered and acknowledged ÷ floor, 32 connections',
      value: own('delivered', 32) / floor(32),
      atLeast: 0.3,
    },
    { name: 'accepted ÷ easy gateway, 32 connections', value: own('closed', 32) / easy(''), atLeast: 2.5 },
    {
      name: 'accepted ÷ easy gateway, 32 connections, on Redis',
      value: rate(runName('Passerelle on Redis', 'closed', 32)) / easy(' on Redis'),
      atLeast: 1.8,
    },
    {
      name: 'p99 ÷ p50 at half of the full rate',
      value: (half?.p99 ?? Number.NaN) / (half?.p50 ?? Number.NaN),
      atMost: 3,
    },
  ]
  const thousands = (mode: 'closed' | 'inbox', record: number): Figure | undefined =>
    figures.get(runName('Passerelle', mode, mode === 'inbox' ? 1 : 32, record))
  targets.push(
    {
      name: 'accepted with 1 million in the record ÷ with 10 thousand',
      value: (thousands('closed', 1_000_000)?.rate ?? Number.NaN) / (thousands('closed', 10_000)?.rate ?? Number.NaN),
      atLeast: 0.8,
    },
    {
      name: 'inbox page with 1 million in the record ÷ with 10 thousand',
      value: (thousands('inbox', 1_000_000)?.p50 ?? Number.NaN) / (thousands('inbox', 10_000)?.p50 ?? Number.NaN),
      atMost: 1.3,
    },
  )
  return targets.filter(({ value }) => !Number.isNaN(value))
}
