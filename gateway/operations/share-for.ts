/** Asks once and gives everybody that answer for a time, in ms; a failure is not kept. */
export function shareFor<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let shared: { readonly answer: Promise<T>; readonly until: number } | undefined
  return () => {
    if (shared === undefined || shared.until <= performance.now()) {
      const asked = { answer: ask(), until: performance.now() + ms }
      asked.answer.catch(() => {
        if (shared === asked) shared = undefined
      })
      shared = asked
    }
    return shared.answer
  }
}
