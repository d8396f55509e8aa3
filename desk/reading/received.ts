import {
  type Directory,
  type Envelope,
  type InboxEntry,
  SdkFault,
  sha256,
  type Text,
  verifyMessage,
} from '../../sdk/browser.ts'
import { openJws } from '../../sdk/jws.ts'
import { envelope as envelopeForm } from '../../sdk/message.ts'
import { known, renewKnown } from '../sending/known.ts'
import { proven } from '../sending/perform.ts'
import type { Session } from '../shell/session.ts'

/** What this desk keeps of a message that it has read. */
export type Received = {
  /** A digest of sender and id: what its address shows. */
  readonly id: string
  readonly from: string
  readonly messageId: string
  /** The very bytes: of these the acknowledgement has the digest. */
  readonly message: string
  /** What it says; absent where it has no form at all. */
  readonly envelope?: Envelope
  /** Why the signature is not good. Absent: it is. */
  readonly doubt?: { readonly code: string; readonly text: Text }
  readonly readAt: string
  readonly acceptedAt?: string
  readonly desk?: string
  readonly answered?: { readonly outcome: 'accepted' | 'refused'; readonly at: string; readonly isProven: boolean }
}

/** What waits in the inbox, by its local id, and when it was looked for. */
export type Inbox = { readonly entries: readonly (InboxEntry & { readonly id: string })[]; readonly at: string }

const INBOX = 'inbox'
const PATIENCE_MS = 20_000
const LARGEST_PAGE = 100
const ID_LENGTH = 22

/** The id by which a message is known on this device. */
export const localIdOf = async (from: string, messageId: string): Promise<string> =>
  (await sha256(`${from} ${messageId}`)).slice(0, ID_LENGTH)

/** What waited when it was last looked for. */
export const keptInbox = ({ vault }: Pick<Session, 'vault'>): Promise<Inbox | undefined> =>
  vault.get<Inbox>('settings', INBOX)

/** Asks what waits: the first hundred, immediate first. Throws where there is no answer. */
export async function lookIntoInbox({ vault, client, now }: Session): Promise<Inbox> {
  const { messages } = await client.inbox({ limit: LARGEST_PAGE, signal: AbortSignal.timeout(PATIENCE_MS) })
  const entries = await Promise.all(
    messages.map(async (entry) => ({ ...entry, id: await localIdOf(entry.from, entry.messageId) })),
  )
  const inbox: Inbox = { entries, at: now().toISOString() }
  await vault.put('settings', INBOX, inbox)
  return inbox
}

/** Gives a message: as it is kept, else read from the gateway, verified and kept. Nothing where nobody knows it. Throws where there is no answer. */
export async function readMessage(session: Session, id: string): Promise<Received | undefined> {
  const { vault, client, now } = session
  const kept = await vault.get<Received>('received', id)
  if (kept !== undefined) return kept
  const inbox = (await keptInbox(session)) ?? (await lookIntoInbox(session))
  const entry = inbox.entries.find((one) => one.id === id)
  if (entry === undefined) return undefined
  const { bytes } = await client.read(entry)
  const message = new TextDecoder('latin1').decode(bytes)
  const judged = await judge(session, message, entry)
  const { from, messageId, acceptedAt, desk } = entry
  const received: Received = {
    id,
    from,
    messageId,
    message,
    acceptedAt,
    readAt: now().toISOString(),
    ...(desk !== undefined && { desk }),
    ...judged,
  }
  await vault.put('received', id, received)
  return received
}

/** Verifies a message that is kept again, by what is published now. */
export async function judgeAgain(session: Session, received: Received): Promise<Received> {
  const { doubt: _, envelope: __, ...rest } = received
  const judged = { ...rest, ...(await judge(session, received.message, received)) }
  await session.vault.put('received', received.id, judged)
  return judged
}

/** Whether the sender signed it, and what it says. A certificate that is not known may be new: then the directory is asked again. */
async function judge(
  session: Session,
  message: string,
  { from, messageId }: { readonly from: string; readonly messageId: string },
): Promise<Pick<Received, 'envelope' | 'doubt'>> {
  let doubt: Received['doubt'] = NOT_KNOWN
  for (const read of [known, renewKnown]) {
    const published = await read(session)
    if (published === undefined) continue
    try {
      return {
        envelope: plain(await verify(message, published.directory, { from, to: session.agency, id: messageId })),
      }
    } catch (fault) {
      if (!(fault instanceof SdkFault)) throw fault
      doubt = { code: fault.code, text: fault.text }
    }
  }
  const claimed = claimOf(message)
  return { doubt, ...(claimed !== undefined && { envelope: claimed }) }
}

const verify = (message: string, directory: Directory, expected: { from: string; to: string; id: string }) =>
  verifyMessage(message, directory, expected)

const NOT_KNOWN = {
  code: 'unknown-signer',
  text: {
    en: 'The directory cannot be had just now, so that the signature cannot be verified.',
    fr: 'L’annuaire est inaccessible pour le moment\u00a0: la signature ne peut pas être vérifiée.',
  },
}

/** No schema has a member of this name, and what keeps values refuses it: one that a message has all the same must not keep all others from being read. */
const plain = (envelope: Envelope): Envelope =>
  JSON.parse(JSON.stringify(envelope), (name, value: unknown) => (name === '__proto__' ? undefined : value)) as Envelope

/** What a message says of itself, whoever wrote it. */
function claimOf(message: string): Envelope | undefined {
  try {
    return plain(openJws(message, 'safeguarding-message+jws', envelopeForm).payload)
  } catch {
    return undefined
  }
}

/** Tells the sender, by this agency's signature, that it has these bytes, or refuses them with a reason of the list. */
export async function acknowledge(
  session: Session,
  received: Received,
  outcome: 'accepted' | 'refused',
  reason?: string,
): Promise<Received> {
  const { from, messageId, message } = received
  const bytes = Uint8Array.from(message, (character) => character.charCodeAt(0))
  const answer = await session.client.acknowledge({ from, id: messageId, bytes }, outcome, {
    ...(reason !== undefined && { reason }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  const isProven = await proven(session, answer.receipt, { message, messageId })
  const answered: Received = { ...received, answered: { outcome, at: session.now().toISOString(), isProven } }
  await session.vault.put('received', received.id, answered)
  return answered
}

/** Deletes from this device what was read; at the gateway it stays as long as its rules say. */
export const forget = ({ vault }: Pick<Session, 'vault'>, id: string): Promise<void> => vault.delete('received', id)
