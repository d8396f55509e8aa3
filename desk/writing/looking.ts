/** What its author should look at again before a message is sent: warnings that hold nothing back, and what its recipient must not be told. */
import { type Rules, untold } from '../../sdk/disclosure.ts'
import { pathOf, type Path } from '../../sdk/forms/pointer.ts'
import type { AnyEnvelope } from '../../sdk/message.ts'
import type { Text } from '../../sdk/problem.ts'
import { warnings } from '../../sdk/warnings.ts'
import type { Directory } from '../../sdk/answers.ts'

export type Look = { readonly at: Path; readonly text: Text; readonly holdsBack: boolean }

/** Of a draft, what is looked at. */
type Written = Pick<AnyEnvelope, 'type' | 'to' | 'priority' | 'body'> & { readonly caseId?: string }
/** Of a picture, what an envelope says. */
type Enclosed = {
  readonly digest: string
  readonly mediaType: string
  readonly description: string
  readonly blob: { readonly size: number }
}

/** Any: what is looked at does not depend on it. */
const NO_ID = '00000000-0000-7000-8000-000000000000'

/** Takes a draft with its pictures, who sends it, the directory and the published tables; gives what to look at, each at its place in the body. */
export function lookAgain(
  draft: Written,
  pictures: readonly Enclosed[],
  {
    agency,
    agencies,
    now,
    tables,
  }: {
    readonly agency: string
    readonly agencies: Directory['agencies']
    readonly now: Date
    readonly tables: Omit<Rules, 'directory'>
  },
): readonly Look[] {
  const attachments = pictures.map(({ digest, mediaType, blob, description }) => ({
    digest,
    mediaType,
    size: blob.size,
    name: 'attachment',
    description,
  }))
  const envelope = {
    id: NO_ID,
    caseId: draft.caseId ?? NO_ID,
    type: draft.type,
    schemaVersion: '',
    from: agency,
    to: draft.to,
    priority: draft.priority,
    attachments,
    body: draft.body,
  }
  const recipient = agencies.find(({ id }) => id === draft.to)
  const told = untold(envelope, { ...tables, directory: { agencies } }).map(({ pointer, message, messageFr }) => ({
    at: pathOf(pointer).slice(1),
    text: { en: message, fr: messageFr },
    holdsBack: true,
  }))
  const again = warnings(envelope, { today: now, ...(recipient !== undefined && { recipient }) }).map(
    ({ pointer, text }) => ({
      at: pathOf(pointer).slice(1),
      text,
      holdsBack: false,
    }),
  )
  return [...told, ...again]
}
