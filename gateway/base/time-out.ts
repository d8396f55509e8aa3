/**
 * Waits for work at most so long: gives what it gives, or undefined where it is not done by then. What is late goes on
 * unwatched; what fails is told only where it is in time.
 */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
  const over = Promise.withResolvers<undefined>()
  const timer = setTimeout(over.resolve, ms, undefined)
  return await Promise.race([work, over.promise]).finally(() => clearTimeout(timer))
}
