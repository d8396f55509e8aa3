/** An answer, and the JSON that it is sent as. */
export type Answer<Body> = { readonly body: Body; readonly json: string }

/** What the clock brings about, a certificate that ends or begins, and another process's pins show this much later at most. */
const LONGEST_MS = 1_000
/** When every process shows what is in the record now: its last answer from before is over. */
export const DIRECTORY_MS = LONGEST_MS + 250

/**
 * Makes an answer once for all who ask for it while what it is made of is the same, and for a second at most. A failure is
 * everybody's who waits for it, and is not kept.
 * @param sources snapshots that are replaced and never changed: another of any of them makes another answer
 */
export function shareAnswer<Body>(
  sources: () => readonly unknown[],
  make: () => Promise<Body>,
  clock = () => performance.now(),
): () => Promise<Answer<Body>> {
  let shared:
    | { readonly of: readonly unknown[]; readonly until: number; readonly answer: Promise<Answer<Body>> }
    | undefined

  return () => {
    const of = sources()
    const known = shared
    if (known !== undefined && clock() < known.until && of.every((source, at) => source === known.of[at]))
      return known.answer
    const answer = make().then((body) => ({ body, json: JSON.stringify(body) }))
    const made = { of, until: clock() + LONGEST_MS, answer }
    shared = made
    answer.catch(() => {
      if (shared === made) shared = undefined
    })
    return answer
  }
}
