import type { Database } from '../store/database.ts'
import { createGroup, SMALL } from '../store/group.ts'
import { findMessages, type MessageKey, type MessageRow, readMessages, type SealedMessage } from '../store/messages.ts'

/** Looking up accepted messages: what is asked for at the same time is asked for with one query. */
export type Lookup = {
  message(sender: string, id: string): Promise<MessageRow | undefined>
  /** With what it says, sealed. */
  content(sender: string, id: string): Promise<SealedMessage | undefined>
}

const BATCH = { largest: 64, writers: 1, small: SMALL }
/** Contents are large, and each batch is in memory whole. */
const CONTENT_BATCH = { largest: 32, writers: 2, small: SMALL }

/** Opens the look-ups of a process. */
export function openLookup(database: Database): Lookup {
  const messages = createGroup((keys: readonly MessageKey[]) => findMessages(database, keys), BATCH)
  const contents = createGroup((keys: readonly MessageKey[]) => readMessages(database, keys), CONTENT_BATCH)
  return {
    message: (sender, id) => messages.add({ sender, id }),
    content: (sender, id) => contents.add({ sender, id }),
  }
}
