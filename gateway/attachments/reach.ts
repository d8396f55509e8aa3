import { every, type Log } from '../base/base.ts'

/** Whether a server that attachments need can be reached. */
export type Reach = {
  readonly isAway: boolean
  /** Remembers what a call of it has come to, and says in the log what has changed. */
  heard(error?: unknown): void
  close(): Promise<void>
}

/** Nobody may need it for a day: it is asked all the same, so that an alarm is on before somebody does. */
const ASK_MS = 15_000

/**
 * Watches whether a server answers; has asked once when it resolves.
 * @param name what the log calls it; @param ask throws where it does not answer
 */
export async function watchReach(name: string, ask: () => Promise<void>, log: Log): Promise<Reach> {
  let isAway = false
  const heard = (error?: unknown): void => {
    const before = isAway
    isAway = error !== undefined
    if (isAway && !before) log.warn({ err: error }, `${name} is away: attachments that need it are refused`)
    if (!isAway && before) log.info(`${name} is back`)
  }
  const first = Promise.withResolvers<void>()
  const close = every(
    ASK_MS,
    async () => {
      await ask().then(() => heard(), heard)
      first.resolve()
    },
    (error) => log.error({ err: error }, `${name} could not be watched`),
  )
  await first.promise
  return {
    get isAway() {
      return isAway
    },
    heard,
    close,
  }
}
