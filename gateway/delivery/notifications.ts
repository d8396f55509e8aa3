import {
  type Agency,
  type Delivery,
  isAnswered,
  type Lane,
  type Pathway,
  type Priority,
  priorityOf,
} from '../protocol/protocol.ts'
import { codeOf, type Config, type Log, type Metrics } from '../base/base.ts'
import type { Due } from '../record/record.ts'
import type { Notice, Notifier } from './mail.ts'

/** Between two notifications to one address about one priority; what comes meanwhile is told of once, at the end. */
const QUIET_MS = { immediate: 60_000, urgent: 300_000, routine: 300_000 } as const

/** What waits, and where. */
type Waiting = {
  readonly delivery: Delivery
  readonly desk: string | undefined
  readonly due: Pick<Due, 'type' | 'respond_by'>
}
export type Notifying = (lane: Lane, waiting: readonly Waiting[]) => void

/** What one notification is to tell: the desks, by id, and the first time by which an answer is wanted. */
type Told = { readonly recipient: string; readonly desks: ReadonlySet<string>; readonly respondBy: Date | undefined }

type Sending = {
  readonly notifier: Notifier
  readonly metrics: Metrics
  readonly log: Log
  readonly config: Pick<Config, 'environment'>
  readonly pathway: Pathway
  /** Notes what came of a mail to an agency: the fixed word for a fault, or nothing. */
  readonly noteMail: (agency: string, fault: string | undefined) => Promise<void>
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => { readonly agencies: ReadonlyMap<string, Pick<Agency, 'desks'>> }
}

/** Tells, and at the end what is still to be told. */
export type Notifications = { readonly tell: Notifying; close(): Promise<void> }

/**
 * Tells agencies that something waits, where a delivery says whom to tell: never what (protocol section 7), and never so
 * often that a provider takes it for a flood. A notification that fails is counted and logged: the message itself is where
 * it belongs.
 */
export function openNotifying({ notifier, metrics, log, config, pathway, registry, noteMail }: Sending): Notifications {
  type Quiet = { readonly timer: NodeJS.Timeout; again: Told | undefined; readonly send: (told: Told) => Promise<void> }
  const quiet = new Map<string, Quiet>()

  function tell(email: string, priority: Priority, told: Told): void {
    const key = `${email} ${priority}`
    const state = quiet.get(key)
    if (state !== undefined) {
      state.again = state.again === undefined ? told : both(state.again, told)
      return
    }
    const timer = setTimeout(() => {
      const again = quiet.get(key)?.again
      quiet.delete(key)
      if (again) tell(email, priority, again)
    }, QUIET_MS[priority]).unref()
    const send = (one: Told) => notify(email, priority, one)
    quiet.set(key, { timer, again: undefined, send })
    void send(told)
  }

  async function notify(email: string, priority: Priority, { recipient, desks, respondBy }: Told): Promise<void> {
    const named = (registry().agencies.get(recipient)?.desks ?? []).filter(({ id }) => desks.has(id))
    const notice: Notice = {
      priority,
      environment: config.environment,
      desks: named.map(({ name }) => name),
      ...(respondBy && { respondBy }),
    }
    const fault = await notifier.notify({ email }, notice).then(
      () => undefined,
      (error: unknown) => {
        metrics.notificationsFailed.inc()
        log.warn({ err: error, agency: recipient }, 'a notification could not be sent')
        return codeOf(error, 'mail-failed')
      },
    )
    await noteMail(recipient, fault)
  }

  return {
    tell({ recipient, priority }, waiting) {
      const byAddress = Map.groupBy(
        waiting.filter(({ delivery }) => delivery.notify !== undefined),
        ({ delivery }) => delivery.notify?.email ?? '',
      )
      for (const [email, all] of byAddress) {
        const told = all.map(({ desk, due: { type, respond_by: by } }): Told => {
          const respondBy = by !== null && isAnswered(pathway, type) ? by : undefined
          return { recipient, desks: new Set(desk === undefined ? [] : [desk]), respondBy }
        })
        tell(email, priorityOf(priority), told.reduce(both))
      }
    },
    async close() {
      const rest = [...quiet.values()]
      quiet.clear()
      for (const { timer } of rest) clearTimeout(timer)
      await Promise.all(rest.map(async ({ again, send }) => again && send(again)))
    },
  }
}

function both(one: Told, other: Told): Told {
  const [first] = [one.respondBy, other.respondBy]
    .filter((time) => time !== undefined)
    .toSorted((a, b) => a.getTime() - b.getTime())
  return { recipient: other.recipient, desks: one.desks.union(other.desks), respondBy: first }
}
