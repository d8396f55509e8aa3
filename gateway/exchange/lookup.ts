import { AMPLE, createGroup, createRecent, SMALL } from '../base/base.ts'
import {
  type Addressed,
  type Database,
  findMessages,
  isOutage,
  type MessageKey,
  type MessageRow,
  readMessages,
  type SealedMessage,
} from '../record/record.ts'

/** Looking up accepted messages: what is asked for at the same time is asked for with one query. */
export type Lookup = {
  /** Of a sender; where a recipient is given, only what was sent to that one: anything else is not there, and costs the same. */
  message(sender: string, id: string, recipient?: string): Promise<MessageRow | undefined>
  /** With what it says, sealed. */
  content(sender: string, id: string, recipient: string): Promise<SealedMessage | undefined>
  /**
   * A message whose contents were looked up here not long ago, as it was then, once: who reads a message acknowledges it next.
   * Its delivery may have gone on since, and another process knows nothing of it.
   */
  recall(sender: string, id: string, recipient: string): Addressed | undefined
}

/** By turns between those who ask. */
const whose = ({ sender, recipient = sender }: MessageKey): string => recipient

const BATCH = { largest: 64, atOnce: 1, gather: SMALL, isOutage, whose }
/** Contents are large, and each batch is in memory whole. */
const CONTENT_BATCH = { largest: 32, atOnce: 2, gather: AMPLE, isOutage, whose }

/** Messages of which it is remembered what their acknowledgement asks for, half a kilobyte each. */
const REMEMBERED = 2_000

/** Opens the look-ups of a process. */
export function openLookup(database: Database): Lookup {
  const messages = createGroup((keys: readonly MessageKey[]) => findMessages(database, keys), BATCH)
  const contents = createGroup((keys: readonly MessageKey[]) => readMessages(database, keys), CONTENT_BATCH)
  const read = createRecent<Addressed>(REMEMBERED)
  const keyOf = (sender: string, id: string, recipient: string): string => `${recipient}/${sender}/${id}`
  return {
    message: (sender, id, recipient) => messages.add({ sender, id, recipient }),
    async content(sender, id, recipient) {
      const message = await contents.add({ sender, id, recipient })
      if (message !== undefined) read.set(keyOf(sender, id, recipient), addressedOf(message))
      return message
    },
    recall(sender, id, recipient) {
      const key = keyOf(sender, id, recipient)
      const message = read.get(key)
      read.delete(key)
      return message
    },
  }
}

/** Without the contents, and with no slice of a buffer that holds others'. */
function addressedOf(read: SealedMessage): Addressed {
  const { sealed: _, wrapped: __, ...message } = read
  const digest = Buffer.allocUnsafeSlow(message.digest.length)
  message.digest.copy(digest)
  return { ...message, digest }
}
