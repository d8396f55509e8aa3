import type { Delivery } from '../protocol/protocol.ts'
import type { Due } from '../record/record.ts'
import type { Routed, Unroutable } from './route.ts'

/** What becomes of a delivery that was taken and locked. */
export type Decision = { readonly due: Due; readonly desk: string | undefined } & (
  | { readonly kind: 'mailbox'; readonly delivery: Delivery & { readonly mode: 'mailbox' } }
  | { readonly kind: 'push'; readonly delivery: Delivery & { readonly mode: 'push' } }
  /** Its desk is closed until then, which does not count against its horizon. */
  | { readonly kind: 'closed'; readonly until: Date }
  /** Its desk's rate is spent until then. */
  | { readonly kind: 'over-rate'; readonly until: Date }
  /** All places of its desk are taken; it is told its desk, so that no other desk yields to it, and is due again then. */
  | { readonly kind: 'no-place'; readonly until: Date }
  /** No adapter has an answer: a dead letter. */
  | { readonly kind: 'unroutable' }
)

/** What a desk's rate allows of what is ready for it; desks without a rate are not among them. */
export type Allowances = ReadonlyMap<string | undefined, { readonly granted: number; readonly retryAfterMs: number }>

type Circumstances = {
  /** Of what is open now, what has a place (`Places.fit`). */
  readonly placed: ReadonlySet<Routed>
  readonly allowances: Allowances
  /** Whether others may be due behind these: what stays due would hide them. */
  readonly hides: boolean
  readonly now: Date
}

/** Where all places of a desk are taken, or something more pressing waits for its rate. */
export const YIELD_MS = 1_000

/** Of what was routed, what may go now as far as hours are concerned. */
export function openNow(routed: readonly (Routed | Unroutable)[]): readonly Routed[] {
  return routed.filter((one): one is Routed => !('unroutable' in one) && one.notBefore === undefined)
}

/**
 * Decides a batch: one decision for each delivery, in their order. Pure: hours, places and rates were asked before.
 * Of three reasons to wait the first that holds counts: the desk is closed, it has no place, its rate is spent.
 */
export function plan(routed: readonly (Routed | Unroutable)[], circumstances: Circumstances): readonly Decision[] {
  const { placed, allowances, hides, now } = circumstances
  const used = new Map<string | undefined, number>()
  return routed.flatMap((one): Decision[] => {
    if ('unroutable' in one) return [{ kind: 'unroutable', due: one.due, desk: undefined }]
    const { due, desk, delivery, notBefore } = one
    if (notBefore !== undefined) return [{ kind: 'closed', due, desk, until: notBefore }]
    if (!placed.has(one)) {
      // It stays due and goes as soon as a place is free, but where it would hide others, or where the desk is the agency itself.
      if (hides || desk === undefined) return [{ kind: 'no-place', due, desk, until: later(now, YIELD_MS) }]
      return desk === due.desk ? [] : [{ kind: 'no-place', due, desk, until: due.due_at }]
    }
    const allowance = allowances.get(desk)
    const place = used.get(desk) ?? 0
    used.set(desk, place + 1)
    if (allowance !== undefined && place >= allowance.granted)
      return [{ kind: 'over-rate', due, desk, until: later(now, allowance.retryAfterMs) }]
    return [
      delivery.mode === 'mailbox' ? { kind: 'mailbox', due, desk, delivery } : { kind: 'push', due, desk, delivery },
    ]
  })
}

/** When the first of those that were put off falls due; nothing where none was, or is due already. */
export function nextDue(decisions: readonly Decision[], now: Date): Date | undefined {
  const times = decisions.flatMap((one) => ('until' in one && one.until > now ? [one.until.getTime()] : []))
  return times.length > 0 ? new Date(Math.min(...times)) : undefined
}

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms)
