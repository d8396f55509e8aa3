import { readsAge } from '../../adapters/index.ts'
import type { Log, Metrics } from '../base/base.ts'
import { openMessage } from '../exchange/exchange.ts'
import {
  type Agency,
  ageOf,
  type Catalogue,
  type Delivery,
  type Lane,
  parseEnvelope,
  parseJws,
  priorityOf,
} from '../protocol/protocol.ts'
import { type Due, type Queryable, readMessages, type Vault } from '../record/record.ts'
import { askAdapter } from './ask-adapter.ts'

/** A delivery and where its agency's adapter sends it, and when. */
export type Routed = {
  readonly due: Due
  readonly desk: string | undefined
  readonly delivery: Delivery
  readonly notBefore?: Date
}

/** A delivery for which no adapter has an answer. */
export type Unroutable = { readonly due: Due; readonly unroutable: true }

/** A message leased to this worker for one attempt at an endpoint. */
export type Leased = {
  readonly lane: Lane
  readonly due: Due
  readonly desk: string | undefined
  readonly delivery: Delivery & { readonly mode: 'push' }
  readonly attempt: number
}

type Needs = {
  readonly log: Log
  readonly metrics: Metrics
  readonly vault: Vault
  readonly catalogue: Catalogue
}

/**
 * Asks the agency's adapter where a message goes. Only where a desk asks for it is the child's age read, and nothing else. An
 * adapter gives an answer always; one that does not is a fault of ours, and the message becomes a dead letter with an alarm, for
 * a lane that stops would hold all that comes after it.
 */
export async function route(
  needs: Needs,
  tx: Queryable,
  agency: Agency,
  due: Due,
  now: Date,
): Promise<Routed | Unroutable> {
  const metadata = { from: due.sender, to: due.recipient, type: due.type, priority: priorityOf(due.priority) }
  try {
    const ageYears = readsAge(agency) ? await readAge(needs, tx, due) : undefined
    const { desk, delivery, notBefore } = askAdapter(agency, metadata, ageYears, now)
    return { due, desk, delivery, ...(notBefore && { notBefore }) }
  } catch (error) {
    needs.metrics.adapterFailures.inc({ kind: agency.kind })
    const about = { alarm: 'adapter-failed', agency: agency.id, messageId: due.id, from: due.sender }
    needs.log.error({ err: error, ...about }, 'an adapter failed: the message is a dead letter')
    return { due, unroutable: true }
  }
}

/** A message that cannot be read has no known age: it is delivered all the same. */
async function readAge(needs: Needs, tx: Queryable, due: Due): Promise<number | undefined> {
  try {
    const [message] = await readMessages(tx, [{ sender: due.sender, id: due.id }])
    if (message === undefined) return undefined
    const { payload } = parseJws(openMessage(needs, message), 'safeguarding-message+jws')
    return ageOf(parseEnvelope(payload, needs.catalogue.types).body)
  } catch (error) {
    needs.log.error({ err: error, messageId: due.id, from: due.sender }, 'a message could not be read')
    return undefined
  }
}
