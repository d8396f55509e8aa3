/** The kinds of calls that are counted for each agency. Each route for agencies says of which it is (`config: {kind}`). */
export type Kind = keyof typeof kinds

type Allowance = {
  /** How many times `PASSERELLE_CALLS_AT_ONCE` of one agency's are under way in a process; who waits by long polling is under way. */
  readonly atOnce: number
  /** How many times `PASSERELLE_RATE_LIMIT` a minute, in each process; absent where every process counts together. */
  readonly times?: number
}

/** By default far above what a partner's system needs, and what its certificate's connections could ask at once is four times as much. */
export const kinds = {
  submission: { atOnce: 1 },
  acknowledgement: { atOnce: 1, times: 10 },
  reading: { atOnce: 1, times: 10 },
  /** Of attachments: each holds about a MiB, for up to ten minutes. */
  upload: { atOnce: 1 / 8, times: 1 },
  download: { atOnce: 1 / 4, times: 10 },
  /** Pages of a hundred. */
  listing: { atOnce: 2, times: 5 },
  'look-up': { atOnce: 1, times: 10 },
  /** Large answers that change with the registry. */
  directory: { atOnce: 1 / 4, times: 1 },
} as const satisfies Record<string, Allowance>

/** Also where submissions are kept to fewer: `PASSERELLE_RATE_LIMIT` as it is by default. */
const LEAST = 600

/** Calls of a kind a minute; nothing where it is counted over all processes. @param submissions `PASSERELLE_RATE_LIMIT` */
export function perMinute(kind: Kind, submissions: number): number | undefined {
  const { times }: Allowance = kinds[kind]
  return times === undefined ? undefined : times * Math.max(LEAST, submissions)
}

/** Calls of a kind under way at once. @param callsAtOnce `PASSERELLE_CALLS_AT_ONCE`, at least 8 */
export const mostAtOnce = (kind: Kind, callsAtOnce: number): number => Math.floor(kinds[kind].atOnce * callsAtOnce)
