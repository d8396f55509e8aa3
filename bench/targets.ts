import { runName } from './plan.ts'
import type { Results } from './repeat.ts'
import { type Measured, median, type Target } from './report.ts'

type Pick = (run: Measured) => number

const rate: Pick = ({ count, seconds }) => count / seconds

/**
 * The bounds that the project has set itself, each the median over the repetitions of a ratio of two figures of one repetition;
 * only such as were measured.
 */
export function targetsOf(results: Results): readonly Target[] {
  const ratio = (above: string, below: string, pick: Pick, pickBelow = pick): number => {
    const others = results.get(below) ?? []
    return median((results.get(above) ?? []).map((run, at) => pick(run) / pickOr(others[at], pickBelow)))
  }
  const own = (mode: 'closed' | 'delivered', connections: number, below: string): number =>
    ratio(runName('Passerelle', mode, connections), below, rate)
  const floor = (connections: number): string => runName('floor', 'closed', connections)
  const half = runName('Passerelle', 'open', 32)
  const million = (mode: 'closed' | 'inbox', pick: Pick): number => {
    const [above = '', below = ''] = [1_000_000, 10_000].map((record) =>
      runName('Passerelle', mode, mode === 'inbox' ? 1 : 32, record),
    )
    return ratio(above, below, pick)
  }
  const targets: Target[] = [
    { name: 'accepted ÷ floor, 32 connections', value: own('closed', 32, floor(32)), atLeast: 0.55 },
    { name: 'accepted ÷ floor, 128 connections', value: own('closed', 128, floor(128)), atLeast: 0.5 },
    {
      name: 'delivered and acknowledged ÷ floor, 32 connections',
      value: own('delivered', 32, floor(32)),
      atLeast: 0.3,
    },
    {
      name: 'accepted ÷ easy gateway, 32 connections',
      value: own('closed', 32, runName('easy gateway', 'closed', 32)),
      atLeast: 2.5,
    },
    {
      name: 'accepted ÷ easy gateway, 32 connections, on Redis',
      value: ratio(runName('Passerelle on Redis', 'closed', 32), runName('easy gateway on Redis', 'closed', 32), rate),
      atLeast: 1.8,
    },
    {
      name: 'p99 ÷ p50 at half of the full rate',
      value: ratio(
        half,
        half,
        (run) => run.p99,
        (run) => run.p50,
      ),
      atMost: 3,
    },
    {
      name: 'accepted with 1 million in the record ÷ with 10 thousand',
      value: million('closed', rate),
      atLeast: 0.8,
    },
    {
      name: 'inbox page with 1 million in the record ÷ with 10 thousand',
      value: million('inbox', (run) => run.p50),
      atMost: 1.3,
    },
  ]
  return targets.filter(({ value }) => !Number.isNaN(value))
}

function pickOr(run: Measured | undefined, pick: Pick): number {
  return run === undefined ? Number.NaN : pick(run)
}
