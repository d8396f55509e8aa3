/** Does something that no other tab of this desk does at the same time, and waits for its turn (Web Locks). */
export async function inTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  return (await navigator.locks.request(`passerelle ${name}`, work)) as Result
}

/** The same, but where another does it already nothing is done. */
export async function unlessTaken<Result>(name: string, work: () => Promise<Result>): Promise<Result | undefined> {
  const held = async (lock: Lock | null): Promise<Result | undefined> => (lock === null ? undefined : await work())
  return (await navigator.locks.request(`passerelle ${name}`, { ifAvailable: true }, held)) as Result | undefined
}
