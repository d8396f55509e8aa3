const OUTBOX = 'passerelle-outbox'

/** Does something to the outbox, while no other tab does (Web Locks). */
export async function locked<Result>(work: () => Promise<Result>): Promise<Result> {
  return (await navigator.locks.request(OUTBOX, work)) as Result
}
