import { type Delivery, type Lane, type Priority, priorityOf } from '../protocol/protocol.ts'
import type { Config, Log, Metrics } from '../base/base.ts'
import type { Notifier } from './mail.ts'

/** Between two notifications to one address about one priority; what comes meanwhile is told of once, at the end. */
const QUIET_MS = { immediate: 60_000, urgent: 300_000, routine: 300_000 } as const

export type Notifying = (lane: Lane, deliveries: readonly Delivery[]) => void

type Sending = {
  readonly notifier: Notifier
  readonly metrics: Metrics
  readonly log: Log
  readonly config: Pick<Config, 'environment'>
}

/** Tells, and at the end what is still to be told. */
export type Notifications = { readonly tell: Notifying; close(): Promise<void> }

/**
 * Tells agencies that something waits, where a delivery says whom to tell: never what (protocol section 7), and never so
 * often that a provider takes it for a flood. A notification that fails is counted and logged: the message itself is where
 * it belongs.
 */
export function openNotifying({ notifier, metrics, log, config }: Sending): Notifications {
  type Quiet = { readonly timer: NodeJS.Timeout; again: (() => Promise<void>) | undefined }
  const quiet = new Map<string, Quiet>()

  function tell(email: string, priority: Priority, recipient: string): void {
    const key = `${email} ${priority}`
    const state = quiet.get(key)
    if (state !== undefined) {
      state.again = () => send(email, priority, recipient)
      return
    }
    const timer = setTimeout(() => {
      const again = quiet.get(key)?.again
      quiet.delete(key)
      if (again) tell(email, priority, recipient)
    }, QUIET_MS[priority]).unref()
    quiet.set(key, { timer, again: undefined })
    void send(email, priority, recipient)
  }

  async function send(email: string, priority: Priority, recipient: string): Promise<void> {
    await notifier.notify({ email }, { priority, environment: config.environment }).catch((error: unknown) => {
      metrics.notificationsFailed.inc()
      log.warn({ err: error, agency: recipient }, 'a notification could not be sent')
    })
  }

  return {
    tell({ recipient, priority }, deliveries) {
      const addresses = new Set(deliveries.flatMap(({ notify }) => (notify ? [notify.email] : [])))
      for (const email of addresses) tell(email, priorityOf(priority), recipient)
    },
    async close() {
      const rest = [...quiet.values()]
      quiet.clear()
      for (const { timer } of rest) clearTimeout(timer)
      await Promise.all(rest.map(async ({ again }) => again?.()))
    },
  }
}
