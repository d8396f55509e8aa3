/** The witnesses of the registry file (protocol section 10); whatever else is known of each goes with it. */
export type Witnesses<Known extends Witness = Witness> = {
  readonly quorum: number
  readonly witnesses: readonly Known[]
}

export type Witness = { readonly name: string; readonly country?: 'FR' | 'GB' }

/** Whether those that count are a quorum: so many of them, with at least one of each country that the file names. */
export function isQuorum<Known extends Witness>(
  { quorum, witnesses }: Witnesses<Known>,
  counts: (witness: Known) => boolean,
): boolean {
  const counting = witnesses.filter(counts)
  const countries = new Set(counting.map(({ country }) => country))
  return counting.length >= quorum && witnesses.every(({ country }) => country === undefined || countries.has(country))
}

/** The last checkpoint that a witness has cosigned, and when. */
export type LastCosigned = { readonly size: number; readonly at: Date }

/** A log that the quorum has not cosigned for so long is told of. */
export const UNCOSIGNED_MS = 60_000

/**
 * Whether the log goes uncosigned: no quorum has cosigned, in the last minute, a tree at least as large as the one that had been
 * published by then.
 * @param due the size of the newest checkpoint that is a minute old; without one there is nothing to wait for yet
 */
export function isUncosigned<Known extends Witness>(
  witnesses: Witnesses<Known>,
  last: (witness: Known) => LastCosigned | undefined,
  due: number | undefined,
  now: Date,
): boolean {
  if (due === undefined) return false
  const since = now.getTime() - UNCOSIGNED_MS
  return !isQuorum(witnesses, (witness) => {
    const cosigned = last(witness)
    return cosigned !== undefined && cosigned.size >= due && cosigned.at.getTime() >= since
  })
}
