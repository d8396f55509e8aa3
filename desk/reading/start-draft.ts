import type { Envelope } from '../../sdk/browser.ts'
import type { Session } from '../shell/session.ts'
import type { Language } from '../words/words.ts'

/** What is written, to whom, and about what. */
export type Start = {
  readonly type: string
  readonly to: string
  readonly caseId: string
  /** The message that it answers. */
  readonly answers?: Envelope | undefined
  /** Members that are known already. */
  readonly body?: Readonly<Record<string, unknown>>
  readonly language: Language
}

/** Begins a draft of the case, and goes to where it is written; writing is loaded with it. */
export async function startDraft(session: Session, start: Start, go: (path: string) => void): Promise<void> {
  const { newDraft } = await import('../writing/draft.ts')
  const { answers, ...beginning } = start
  const id = await newDraft(session, {
    ...beginning,
    ...(answers !== undefined && { inReplyTo: answers.id, request: answers }),
  })
  go(`/write/${id}`)
}
