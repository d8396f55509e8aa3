import { type State, unanswered } from '../protocol/protocol.ts'
import { list, packTexts } from './arrays.ts'
import type { Queryable } from './database.ts'
import { call } from './functions.ts'
import type { Leaf } from './leaves.ts'
import type { Addressed } from './messages.ts'

/** What is written about a message, as long as that stands as it did when the leaves were signed. */
export type NewAcknowledgement = {
  readonly message: Addressed
  readonly to: State
  /** The receipt of the answer; where nothing was consigned yet, before it a ContentConsignment. */
  readonly leaves: readonly Leaf[]
}

/**
 * Records the recipients' acknowledgements with their leaves: one statement, and so one round trip.
 * @param acknowledgements no two of the same message
 * @returns what became of each, in order: `stale` where an attempt has been made or a desk chosen since its leaves were signed,
 * or the state from which it is not to be acknowledged
 */
export async function acknowledgeMessages(
  database: Queryable,
  acknowledgements: readonly NewAcknowledgement[],
): Promise<readonly ('written' | 'stale' | State)[]> {
  const messages = acknowledgements.map(({ message }) => message)
  const places = acknowledgements.flatMap(({ leaves }, at) => leaves.map(() => at + 1))
  const leaves = acknowledgements.flatMap((one) => one.leaves)
  const { bytes, starts, lengths } = packTexts(leaves.map(({ jws }) => jws))
  const { sql, values } = call('acknowledge_messages', {
    nos: list(messages.map(({ no }) => no)),
    known_attempts: list(messages.map(({ attempts }) => attempts)),
    known_desks: list(messages.map(({ desk }) => desk)),
    unconsigned: list(messages.map(({ consigned_leaf }) => consigned_leaf === null)),
    states_from: list(unanswered),
    states_to: list(acknowledgements.map(({ to }) => to)),
    feeds: list(messages.map(({ sender }) => sender)),
    leaf_places: list(places),
    leaf_ids: list(leaves.map(({ id }) => id)),
    leaf_events: list(leaves.map(({ event }) => event ?? null)),
    leaf_starts: list(starts),
    leaf_lengths: list(lengths),
    leaf_bytes: bytes,
  })
  const { rows } = await database.query<{ place: number; outcome: 'stale' | State | null }>({
    name: 'acknowledge-messages',
    text: `select place, outcome from ${sql}`,
    values: [...values],
  })
  const byPlace = new Map(rows.map(({ place, outcome }) => [place, outcome]))
  return messages.map((_, at) => {
    const outcome = byPlace.get(at + 1)
    if (outcome === null) throw new Error('a message has no delivery')
    return outcome ?? 'written'
  })
}
