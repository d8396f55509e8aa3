import type { Outgoing } from '../sending/outgoing.ts'
import type { Session } from '../shell/session.ts'

type Begun = Pick<Outgoing, 'type' | 'to' | 'caseId' | 'inReplyTo'> & { readonly body?: object }

/** Puts a new draft into the vault, for writing to go on with; gives its id. */
export async function startDraft({ vault }: Pick<Session, 'vault'>, begun: Begun): Promise<string> {
  const id = crypto.randomUUID()
  await vault.put('drafts', id, { priority: 'urgent', body: {}, attachments: [], ...begun, id })
  return id
}
