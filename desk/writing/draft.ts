import { newId } from '../../sdk/sign.ts'
import { type Body, set, startBody } from '../../sdk/forms/form.ts'
import { pathOf, valueAt } from '../../sdk/forms/pointer.ts'
import type { Session } from '../shell/session.ts'
import { type About, childOf } from './about.ts'
import { formOf } from './forms.ts'
import { finished } from './finishing.ts'

export type Priority = 'immediate' | 'urgent' | 'routine'

/** A message that is being written. What is to be sent stands in it at any time, as far as it has been answered. */
export type Draft = {
  readonly type: string
  readonly to: string
  /** Absent where it opens a case. */
  readonly caseId?: string
  readonly priority: Priority
  readonly inReplyTo?: string
  readonly body: Body
  /** Ids in the store `pictures`. */
  readonly attachments: readonly string[]
  /** What the form needs to go on, and nobody is sent. */
  readonly progress: Progress
}

export type Progress = {
  /** The body as it is being written, with what is still blank. */
  readonly body: Body
  /** What was typed and is not understood yet, by its pointer. */
  readonly typed: Readonly<Record<string, string>>
  /** Texts of their own that are added to another. */
  readonly asides: Readonly<Record<string, string>>
  /** What was asked, by the key of the answer. */
  readonly asked: Readonly<Record<string, string>>
  readonly language: 'en' | 'fr'
  /** The screen at which writing stands. */
  readonly step: number
  readonly changedAt: string
  /** A person chose the priority: answers change it no more. */
  readonly isPriorityChosen: boolean
}

/** So many at once, so that a device does not fill up. */
export const MOST_DRAFTS = 50

/** What a draft begins with. */
export type Beginning = {
  readonly type: string
  readonly to: string
  readonly caseId?: string | undefined
  readonly inReplyTo?: string | undefined
  readonly priority?: Priority | undefined
  /** Members that are known already, such as what is corrected. */
  readonly body?: Body | undefined
  /** The message that it answers: its questions are copied. */
  readonly request?: { readonly body: object } | undefined
  /** A message of the case that it goes on with: the child is copied. */
  readonly about?: About | undefined
  readonly language?: 'en' | 'fr' | undefined
}

/**
 * Begins a draft in the vault, with what is known already: by the profile, by what was kept of the last one, and by what it answers. Gives its id, under which
 * `#/write/<id>` goes on. Throws a RangeError where there are too many.
 */
export async function newDraft(session: Session, beginning: Beginning): Promise<string> {
  const { type, to, caseId, inReplyTo, priority = 'urgent' } = beginning
  if ((await session.vault.list('drafts')).length >= MOST_DRAFTS) throw new RangeError('too many drafts')
  const language = beginning.language ?? (document.documentElement.lang === 'fr' ? 'fr' : 'en')
  const form = await formOf(session, type)
  const writing = { agency: session.agency, to, language, now: session.now() }
  let body = startBody(form, writing)
  const given = {
    ...(await readKept(session)),
    ...childOf(form, beginning.about),
    ...answersTo(beginning.request),
    ...beginning.body,
  }
  for (const [name, value] of Object.entries(given))
    if (form.release[form.root.file]?.properties?.[name] !== undefined) body = set(form, body, [name], value, writing)
  const progress: Progress = {
    body,
    typed: {},
    asides: {},
    asked: askedBy(beginning.request),
    language,
    step: 0,
    changedAt: session.now().toISOString(),
    isPriorityChosen: beginning.priority !== undefined,
  }
  const draft: Draft = {
    type,
    to,
    ...(caseId !== undefined && { caseId }),
    priority,
    ...(inReplyTo !== undefined && { inReplyTo }),
    body: finished(form, progress),
    attachments: [],
    progress,
  }
  const id = newId()
  await session.vault.put('drafts', id, draft)
  return id
}

/** What a request asks, by the keys of its questions. */
function askedBy(request: Beginning['request']): Progress['asked'] {
  const questions = valueAt(request?.body, ['questions'])
  const all: readonly unknown[] = Array.isArray(questions) ? questions : []
  const keyed = all.map((one) => [valueAt(one, ['key']), valueAt(one, ['text', 'text'])] as const)
  return Object.fromEntries(keyed.flatMap(([key, text]) => (typeof key === 'string' ? [[key, String(text)]] : [])))
}

/** An answer to each question of a request, under the question's own key. */
function answersTo(request: Beginning['request']): Body {
  const keys = Object.keys(askedBy(request))
  return keys.length === 0 ? {} : { answers: keys.map((key) => ({ key })) }
}

const KEPT = 'writing-kept'

/** What is asked once and copied into each message, such as whom to ring: by its member's name. */
const readKept = async ({ vault }: Pick<Session, 'vault'>): Promise<Body> =>
  (await vault.get<Body>('settings', KEPT)) ?? {}

/** Keeps what is asked once, for the next message. */
export async function keepAnswers(
  { vault }: Pick<Session, 'vault'>,
  { progress }: Draft,
  kept: readonly string[],
): Promise<void> {
  const names = kept.map((pointer) => pathOf(pointer)[0] ?? '')
  const known = names.flatMap((name) =>
    progress.body[name] === undefined ? [] : [[name, progress.body[name]] as const],
  )
  if (known.length > 0)
    await vault.put('settings', KEPT, { ...(await readKept({ vault })), ...Object.fromEntries(known) })
}

/** Gives all drafts, the last that was changed first. */
export async function listDrafts({
  vault,
}: Pick<Session, 'vault'>): Promise<readonly { readonly id: string; readonly draft: Draft }[]> {
  const all = await vault.list<Draft>('drafts')
  return all
    .map(({ id, value }) => ({ id, draft: value }))
    .toSorted((one, other) => other.draft.progress.changedAt.localeCompare(one.draft.progress.changedAt))
}

/** Deletes a draft, and its pictures. */
export async function deleteDraft({ vault }: Pick<Session, 'vault'>, id: string): Promise<void> {
  const draft = await vault.get<Draft>('drafts', id)
  for (const picture of draft?.attachments ?? []) await vault.delete('pictures', picture)
  await vault.delete('drafts', id)
}
