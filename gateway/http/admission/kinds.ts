/** The kinds of calls that are counted for each agency. Each route for agencies says of which it is (`config: {kind}`). */
export type Kind = keyof typeof kinds

type Allowance = {
  /** Requests of one agency under way in a process; who waits by long polling is under way. */
  readonly atOnce: number
  /** How many times `PASSERELLE_RATE_LIMIT` a minute, in each process; absent where every process counts together. */
  readonly times?: number
}

/** Far above what a partner's system needs, and what its certificate's connections could ask at once is four times as much. */
export const kinds = {
  submission: { atOnce: 256 },
  acknowledgement: { atOnce: 256, times: 10 },
  reading: { atOnce: 256, times: 10 },
  /** Of attachments: each holds about a MiB, for up to ten minutes. */
  upload: { atOnce: 32, times: 1 },
  download: { atOnce: 64, times: 10 },
  /** Pages of a hundred. */
  listing: { atOnce: 512, times: 5 },
  'look-up': { atOnce: 256, times: 10 },
  /** Large answers that change with the registry. */
  directory: { atOnce: 64, times: 1 },
} as const satisfies Record<string, Allowance>

/** Also where submissions are kept to fewer: `PASSERELLE_RATE_LIMIT` as it is by default. */
const LEAST = 600

/** Calls of a kind a minute; nothing where it is counted over all processes. @param submissions `PASSERELLE_RATE_LIMIT` */
export function perMinute(kind: Kind, submissions: number): number | undefined {
  const { times }: Allowance = kinds[kind]
  return times === undefined ? undefined : times * Math.max(LEAST, submissions)
}
