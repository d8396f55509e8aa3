import type { Log } from './logger.ts'
import { ConfigurationFault } from './setting.ts'

/** Something that is read again on SIGHUP. What cannot be taken leaves in force what was, until a later reading can. */
export type Renewal = {
  /** Whether what was read is in force; where it is not, the reason is logged. */
  renew(): Promise<boolean>
  /** Whether what was read last could not be taken. */
  isRefused(): boolean
}

/** @param what for the log; @param take reads it and puts it in force, and throws where it cannot be taken */
export function openRenewal(what: string, take: () => Promise<void>, log: Log): Renewal {
  let refused = false
  // One reading after the other: the files as they were last must win.
  let turn: Promise<unknown> = Promise.resolve()
  async function renewNow(): Promise<boolean> {
    const fault = await take().catch((error: unknown) => ({ error }))
    refused = fault !== undefined
    if (fault === undefined) log.info({}, `${what} in force`)
    else {
      const { error } = fault
      const why = error instanceof ConfigurationFault ? { reason: error.message } : { err: error }
      log.error(why, `${what} refused; what was in force stays`)
    }
    return !refused
  }
  return {
    renew() {
      const next = turn.then(renewNow)
      turn = next
      return next
    },
    isRefused: () => refused,
  }
}
