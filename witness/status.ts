import type { Alarm } from './alarms.ts'
import type { Misdeed } from './judging.ts'
import type { WitnessKey } from './keys.ts'
import type { Witnessed } from './witnessing.ts'

/** What a witness says of itself. It holds nothing that the log does not publish. */
export type Status = {
  readonly name: string
  readonly verifierKeys: readonly string[]
  readonly logs: readonly {
    readonly origin: string
    readonly size?: number
    readonly root?: string
    readonly cosignedAt?: string
    readonly ageSeconds?: number
  }[]
  readonly alarms: readonly Alarm[]
}

/** Takes the logs as they stand now. */
export function statusOf(
  name: string,
  keys: readonly WitnessKey[],
  logs: Iterable<Pick<Witnessed, 'origin' | 'state' | 'alarms'>>,
  now: Date,
): Status {
  const all = [...logs]
  return {
    name,
    verifierKeys: keys.map(({ verifier }) => verifier.text),
    logs: all.map(({ origin, state }) => {
      const found = state()
      if (found === undefined) return { origin }
      const { size, root, cosignedAt } = found
      if (cosignedAt === undefined) return { origin, size, root }
      const ageSeconds = Math.max(0, Math.floor((now.getTime() - cosignedAt.getTime()) / 1000))
      return { origin, size, root, cosignedAt: cosignedAt.toISOString(), ageSeconds }
    }),
    alarms: all.flatMap(({ alarms }) => alarms()),
  }
}

/** The same for Prometheus (text exposition format 0.0.4), with how the requests so far were answered. */
export function metricsOf({ logs, alarms }: Status, answers: ReadonlyMap<number, number>): string {
  const misdeeds: readonly Misdeed[] = ['fork', 'rolled-back', 'inconsistent']
  const rows = [
    '# HELP passerelle_witness_size Leaves of the last checkpoint that was cosigned.',
    '# TYPE passerelle_witness_size gauge',
    ...logs.map(({ origin, size = 0 }) => `passerelle_witness_size{origin=${quote(origin)}} ${size}`),
    '# HELP passerelle_witness_age_seconds Since the last cosignature.',
    '# TYPE passerelle_witness_age_seconds gauge',
    ...logs.flatMap(({ origin, ageSeconds }) =>
      ageSeconds === undefined ? [] : [`passerelle_witness_age_seconds{origin=${quote(origin)}} ${ageSeconds}`],
    ),
    '# HELP passerelle_witness_alarms Contradictions of the log that were seen.',
    '# TYPE passerelle_witness_alarms gauge',
    ...logs.flatMap(({ origin }) =>
      misdeeds.map((misdeed) => {
        const count = alarms.filter((one) => one.origin === origin && one.misdeed === misdeed).length
        return `passerelle_witness_alarms{origin=${quote(origin)},misdeed="${misdeed}"} ${count}`
      }),
    ),
    '# HELP passerelle_witness_requests_total Answers to add-checkpoint.',
    '# TYPE passerelle_witness_requests_total counter',
    ...[...answers].map(([status, count]) => `passerelle_witness_requests_total{status="${status}"} ${count}`),
  ]
  return `${rows.join('\n')}\n`
}

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
