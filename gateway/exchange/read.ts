import { Problem } from '../protocol/protocol.ts'
import {
  type Addressed,
  type Database,
  inboxArrivals,
  inboxPage,
  type InboxRow,
  type MessageRow,
  type Place,
  type SealedMessage,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import type { Turns } from '../base/base.ts'
import { waitFor } from './waiting.ts'
import type { Lookup } from './lookup.ts'

type Needs = {
  readonly database: Database
  readonly vault: Vault
  readonly lookup: Lookup
  readonly wakes: Wakes
  readonly byTurns: Turns
}

/** The bytes of a message as its sender signed them. @throws Problem `erased` where the contents of its case are gone */
export function openMessage({ vault }: Pick<Needs, 'vault'>, message: SealedMessage): Buffer {
  if (message.sealed === null || message.wrapped === null) throw new Problem('erased')
  return vault.open(message, message.sealed, message.wrapped)
}

/** A message that an agency sent. @throws Problem `not-found`, just as for an id that never existed */
export async function findSent(needs: Pick<Needs, 'lookup'>, agency: string, id: string): Promise<MessageRow> {
  const message = await needs.lookup.message(agency, id)
  if (message === undefined) throw new Problem('not-found')
  return message
}

/**
 * A message that was sent to an agency, as it was when that was last looked up.
 * @throws Problem `not-found` where it was sent to another, or never, or discarded
 */
export async function findReceived(
  { lookup }: Pick<Needs, 'lookup'>,
  agency: string,
  from: string,
  id: string,
): Promise<Addressed> {
  return requireReceived<Addressed>(lookup.recall(from, id, agency) ?? (await lookup.message(from, id, agency)))
}

/** Its bytes. @throws Problem `not-found`, `erased` */
export async function readReceived(needs: Needs, agency: string, from: string, id: string): Promise<Buffer> {
  return openMessage(needs, requireReceived(await needs.lookup.content(from, id, agency)))
}

/** @throws Problem `not-found` for what was discarded, just as for what never was */
export function requireReceived<Message extends Pick<MessageRow, 'state'>>(message: Message | undefined): Message {
  if (message === undefined || message.state === 'discarded') throw new Problem('not-found')
  return message
}

export type Listing = {
  readonly desk: string | undefined
  readonly limit: number
  readonly waitMs: number
  readonly signal: AbortSignal
}

/**
 * The inbox by urgency (protocol section 7): what is consigned and not acknowledged; where that is nothing it waits for the
 * first to come. One more than the page is asked for, to know whether another follows.
 */
export async function listInbox(
  needs: Needs,
  agency: string,
  { desk, limit, waitMs, signal, after }: Listing & { after: Place | undefined },
): Promise<{ messages: readonly InboxRow[]; next: Place | undefined }> {
  const rows = await waitFor(needs, `inbox:${agency}`, waitMs, signal, () =>
    needs.byTurns(agency, () => inboxPage(needs.database, agency, { desk, after, limit: limit + 1 })),
  )
  const messages = rows.slice(0, limit)
  const last = messages.at(-1)
  return {
    messages,
    next: rows.length > limit && last ? { priority: last.priority, leaf: last.consigned_leaf } : undefined,
  }
}

/** The inbox by arrival: what came behind a place in the log; it waits until something does. */
export async function followInbox(
  needs: Needs,
  agency: string,
  { desk, limit, waitMs, signal, after }: Listing & { after: number },
): Promise<readonly InboxRow[]> {
  return await waitFor(needs, `inbox:${agency}`, waitMs, signal, () =>
    needs.byTurns(agency, () => inboxArrivals(needs.database, agency, { desk, after, limit })),
  )
}
