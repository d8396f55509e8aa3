import { every, type Log } from '../base/base.ts'

/** Whether a server that attachments need can be reached. */
export type Reach = {
  readonly isAway: boolean
  /** Remembers what a call of it has come to, and says in the log what has changed. */
  heard(error?: unknown): void
  close(): Promise<void>
}

/** Nobody may need it for a day: it is asked all the same, so that an alarm is on before somebody does. */
const ASK_MS = 5_000

/** Watches whether a server answers. @param name what the log calls it; @param ask throws where it does not answer */
export function watchReach(name: string, ask: () => Promise<void>, log: Log): Reach {
  let isAway = false
  const heard = (error?: unknown): void => {
    const before = isAway
    isAway = error !== undefined
    if (isAway && !before) log.warn({ err: error }, `${name} is away: attachments that need it are refused`)
    if (!isAway && before) log.info(`${name} is back`)
  }
  const close = every(
    ASK_MS,
    () => ask().then(() => heard(), heard),
    (error) => log.error({ err: error }, `${name} could not be watched`),
  )
  return {
    get isAway() {
      return isAway
    },
    heard,
    close,
  }
}
