import type { Delivery } from '../core/agency.ts'
import type { Lane } from '../store/deliveries.ts'
import { priorities } from '../store/messages.ts'
import type { Parts } from './parts.ts'

/**
 * Tells an agency that something waits, where its delivery says whom to tell: once for a batch, and never what (protocol
 * section 7). A notification that fails is counted and logged: the message itself is where it belongs.
 */
export function notifyOf(parts: Parts, { recipient, priority }: Lane, deliveries: readonly Delivery[]): void {
  const addresses = new Set(deliveries.flatMap(({ notify }) => (notify ? [notify.email] : [])))
  const what = { priority: priorities[priority] ?? 'routine', environment: parts.config.environment } as const
  for (const email of addresses) {
    parts.notifier.notify({ email }, what).catch((error: unknown) => {
      parts.metrics.notificationsFailed.inc()
      parts.log.warn({ err: error, agency: recipient }, 'a notification could not be sent')
    })
  }
}
