import type { Delivery } from '../core/agency.ts'
import type { Priority } from '../core/envelope.ts'
import type { Lane } from '../store/deliveries.ts'
import { priorities } from '../store/messages.ts'
import type { Parts } from './parts.ts'

/** Between two notifications to one address about one priority; what comes meanwhile is told of once, at the end. */
const QUIET_MS = { immediate: 60_000, urgent: 300_000, routine: 300_000 } as const

export type Notifying = (lane: Lane, deliveries: readonly Delivery[]) => void

/**
 * Tells agencies that something waits, where a delivery says whom to tell: never what (protocol section 7), and never so
 * often that a provider takes it for a flood. A notification that fails is counted and logged: the message itself is where
 * it belongs.
 */
export function openNotifying({
  notifier,
  metrics,
  log,
  config,
}: Pick<Parts, 'notifier' | 'metrics' | 'log' | 'config'>): Notifying {
  const quiet = new Map<string, { again: boolean }>()

  function tell(email: string, priority: Priority, recipient: string): void {
    const key = `${email} ${priority}`
    const state = quiet.get(key)
    if (state !== undefined) {
      state.again = true
      return
    }
    const began = { again: false }
    quiet.set(key, began)
    setTimeout(() => {
      quiet.delete(key)
      if (began.again) tell(email, priority, recipient)
    }, QUIET_MS[priority]).unref()
    notifier.notify({ email }, { priority, environment: config.environment }).catch((error: unknown) => {
      metrics.notificationsFailed.inc()
      log.warn({ err: error, agency: recipient }, 'a notification could not be sent')
    })
  }

  return ({ recipient, priority }, deliveries) => {
    const addresses = new Set(deliveries.flatMap(({ notify }) => (notify ? [notify.email] : [])))
    for (const email of addresses) tell(email, priorities[priority] ?? 'routine', recipient)
  }
}
