import type { Database } from '../store/database.ts'
import { createGroup } from '../store/group.ts'
import {
  findMessages,
  type MessageKey,
  type MessageRow,
  type SealedContent,
  sealedContents,
} from '../store/messages.ts'

/** Looking up messages: what is asked for at the same time is asked for with one query. */
export type Lookup = {
  message(sender: string, id: string): Promise<MessageRow | undefined>
  content(message: Pick<MessageRow, 'no'>): Promise<SealedContent>
}

const BATCH = { largest: 64, writers: 2 }
/** Contents are large, and each batch is in memory whole. */
const CONTENT_BATCH = { largest: 16, writers: 4 }

/** Opens the look-ups of a process. */
export function openLookup(database: Database): Lookup {
  const messages = createGroup((keys: readonly MessageKey[]) => findMessages(database, keys), BATCH)
  const contents = createGroup((nos: readonly number[]) => sealedContents(database, nos), CONTENT_BATCH)
  return {
    message: (sender, id) => messages.add({ sender, id }),
    content: ({ no }) => contents.add(no),
  }
}
