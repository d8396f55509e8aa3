/** A draft that is open: what is typed is put into it at once, and into the vault within a second. */
import { type Body, type Form, begun, set, withItem, type Writing } from '../../sdk/forms/form.ts'
import { type Kind, shapeOf } from '../../sdk/forms/kind.ts'
import { type Path, pathOf, pointerOf, valueAt, withValue } from '../../sdk/forms/pointer.ts'
import { absenceOf, spotAt } from '../../sdk/forms/spot.ts'
import { type Phones, valueOf } from '../../sdk/forms/typed/values.ts'
import type { Session } from '../shell/session.ts'
import type { Vault } from '../vault/vault.ts'
import { keepAnswers, type Draft, type Priority, type Progress } from './draft.ts'
import { finished } from './finishing.ts'
import { formOf } from './forms.ts'
import { needsPhones, phonesOf } from './typed/phones.ts'

/** A draft is kept so long after a change at the latest: whoever takes the telephone away loses no more than that. */
const KEEP_AFTER_MS = 400

export type OpenDraft = {
  readonly id: string
  readonly form: Form
  readonly draft: () => Draft
  readonly writing: () => Writing
  readonly countries: readonly ('FR' | 'GB')[]
  phones?: Phones | undefined
  /** Whether the last change could not be kept. */
  hasFailed: boolean
  /** Whether all that was typed is in the vault. */
  readonly isKept: () => boolean
  /** Somebody has come to the end of it: what is missing is told at its field, and from a question one goes back there. */
  isChecked: boolean
  put(at: Path, value: unknown): void
  /** Takes what is being typed; what is not understood yet is kept as it is. */
  type(at: Path, kind: Kind, text: string): void
  /** What was understood is shown as it was understood. */
  settle(at: Path): void
  add(list: Path): void
  begin(at: Path): void
  nobodyKnows(at: Path, isSo: boolean): void
  change(more: Partial<Pick<Draft, 'to' | 'priority' | 'attachments'>>, progress?: Partial<Progress>): void
  /** Keeps now what has not been kept yet. */
  keep(): Promise<void>
  subscribe(listen: () => void): () => void
}

/** Those of a session; they are gone with its vault's key. */
const open = new WeakMap<Vault, Map<string, OpenDraft>>()

/** Gives a draft that is open already. */
export const openedDraft = ({ vault }: Session, id: string): OpenDraft | undefined => open.get(vault)?.get(id)

/** Opens a draft, undefined where it is not there. */
export async function openDraft(session: Session, id: string): Promise<OpenDraft | undefined> {
  const held = openedDraft(session, id)
  if (held !== undefined) return held
  const kept = await session.vault.get<Draft>('drafts', id)
  if (kept === undefined) return undefined
  const form = await formOf(session, kept.type)
  const draft = understood(kept)
  const phones = needsPhones(draft.progress) ? await phonesOf() : undefined
  const made = hold(session, id, form, draft, phones)
  // What was typed before the telephone tables had come is understood now.
  for (const [pointer, typed] of Object.entries(draft.progress.typed)) {
    const found = shapeOf(form.release, spotAt(form.release, form.root, draft.progress.body, pathOf(pointer)))
    if ('kind' in found && found.kind === 'phone') made.type(pathOf(pointer), 'phone', typed)
  }
  const all = open.get(session.vault) ?? new Map<string, OpenDraft>()
  open.set(session.vault, all.set(id, made))
  return made
}

/** Forgets a draft that was sent or deleted. */
export const closeDraft = ({ vault }: Session, id: string): void => void open.get(vault)?.delete(id)

/** «Yesterday» was said on the day when it was typed: what was understood then stands, and the words go. */
function understood(draft: Draft): Draft {
  const typed = Object.entries(draft.progress.typed).filter(
    ([pointer]) => valueAt(draft.progress.body, pathOf(pointer)) === undefined,
  )
  return { ...draft, progress: { ...draft.progress, typed: Object.fromEntries(typed) } }
}

function hold(session: Session, id: string, form: Form, first: Draft, phones: Phones | undefined): OpenDraft {
  let draft = first
  let isKept = true
  let timer: ReturnType<typeof setTimeout> | undefined
  let keeping: Promise<void> = Promise.resolve()
  const listeners = new Set<() => void>()
  const countries = session.agency.startsWith('fr-') ? (['FR', 'GB'] as const) : (['GB', 'FR'] as const)

  const writing = (): Writing => ({
    agency: session.agency,
    to: draft.to,
    language: draft.progress.language,
    now: session.now(),
  })
  const renew = (changed: Partial<Draft>): void => {
    draft = { ...draft, ...changed }
    isKept = false
    // Not put off by each further key: it is kept while somebody types.
    timer ??= setTimeout(() => void made.keep(), KEEP_AFTER_MS)
    for (const listen of listeners) listen()
  }
  const write = (body: Body, progress: Partial<Progress> = {}): void =>
    renew({ progress: { ...draft.progress, ...progress, body }, priority: priorityOf(form, body, draft) })
  const writeAt = (body: Body, at: Path): void => {
    const pointer = pointerOf(at)
    const typed = Object.entries(draft.progress.typed).filter(
      ([one]) => one !== pointer && !one.startsWith(`${pointer}/`),
    )
    write(body, { typed: Object.fromEntries(typed) })
  }

  const takePhones = async (at: Path): Promise<void> => {
    made.phones = await phonesOf()
    const typed = draft.progress.typed[pointerOf(at)]
    if (typed !== undefined) made.type(at, 'phone', typed)
  }

  const made: OpenDraft = {
    id,
    form,
    draft: () => draft,
    writing,
    countries,
    phones,
    hasFailed: false,
    isKept: () => isKept,
    isChecked: false,
    put(at, value) {
      writeAt(set(form, draft.progress.body, at, value, writing()), at)
    },
    type(at, kind, text) {
      if (kind === 'phone' && made.phones === undefined) void takePhones(at)
      const value = valueOf(kind, text, { now: session.now(), phones: made.phones, countries })
      const isUnderstood = kind !== 'phone' || made.phones !== undefined
      const body = set(form, draft.progress.body, at, isUnderstood ? value : undefined, writing())
      const { [pointerOf(at)]: _, ...others } = draft.progress.typed
      const isPlain = kind === 'text' || kind === 'long' || text === ''
      write(body, { typed: isPlain ? others : { ...others, [pointerOf(at)]: text } })
    },
    settle(at) {
      const pointer = pointerOf(at)
      const { [pointer]: typed, ...others } = draft.progress.typed
      if (typed !== undefined && valueAt(draft.progress.body, at) !== undefined)
        renew({ progress: { ...draft.progress, typed: others } })
    },
    add(list) {
      write(withItem(form, draft.progress.body, list, writing()))
    },
    begin(at) {
      write(begun(form, draft.progress.body, at, writing()))
    },
    nobodyKnows(at, isSo) {
      writeAt(withAbsence(form, draft.progress.body, at, isSo, writing()), at)
    },
    change(more, progress = {}) {
      renew({ ...more, progress: { ...draft.progress, ...progress } })
    },
    keep() {
      clearTimeout(timer)
      timer = undefined
      if (isKept) return keeping
      const changedAt = session.now().toISOString()
      const kept = { ...draft, body: finished(form, draft.progress), progress: { ...draft.progress, changedAt } }
      keeping = keeping
        .then(() => session.vault.put('drafts', id, kept))
        .then(() => keepAnswers(session, kept, form.profile?.kept ?? []))
        .then(
          () => tell(false, kept.progress),
          () => tell(true, kept.progress),
        )
      return keeping
    },
    subscribe(listen) {
      listeners.add(listen)
      return () => void listeners.delete(listen)
    },
  }
  const tell = (hasFailed: boolean, kept: Progress): void => {
    isKept =
      !hasFailed &&
      draft.progress.body === kept.body &&
      draft.progress.typed === kept.typed &&
      draft.progress.asides === kept.asides
    made.hasFailed = hasFailed
    for (const listen of listeners) listen()
  }
  return made
}

/** The envelope's priority, as the answers have it: the profile says by which. What a person has chosen stays. */
function priorityOf({ profile, type }: Form, body: Body, { priority, progress }: Draft): Priority {
  const rule = profile?.types[type]?.priority
  if (rule === undefined || progress.isPriorityChosen) return priority
  const answered = valueAt(body, pathOf(rule.from.replace('*', '0')))
  return (rule.by[String(answered)] as Priority | undefined) ?? priority
}

/** Writes, or takes back, that nobody knows a member, where the schema's rule has it. */
function withAbsence(form: Form, body: Body, at: Path, isSo: boolean, writing: Writing): Body {
  const above = at.slice(0, -1)
  const absence = absenceOf(spotAt(form.release, form.root, body, above), at.at(-1) ?? '')
  if (absence === undefined) return body
  const list = [...above, absence.list]
  const held = valueAt(body, list)
  const others = (Array.isArray(held) ? held : []).filter((one: unknown) => valueAt(one, ['field']) !== absence.field)
  const next = isSo ? [...others, { field: absence.field, reason: 'not-known' }] : others
  const without = isSo && !Array.isArray(valueAt(body, at)) ? (withValue(body, at, undefined) as Body) : body
  return set(form, without, list, next.length === 0 ? undefined : next, writing)
}

/** The place, there or above, of which the schema lets one say that nobody knows it; undefined where there is none. */
export function unknowable(form: Form, body: Body, at: Path): Path | undefined {
  if (at.includes('*')) return undefined
  return at
    .map((_, depth) => at.slice(0, depth + 1))
    .find(
      (above) => absenceOf(spotAt(form.release, form.root, body, above.slice(0, -1)), above.at(-1) ?? '') !== undefined,
    )
}

/** Whether it is said that nobody knows a member. */
export function isUnknown(form: Form, body: Body, at: Path): boolean {
  const above = at.slice(0, -1)
  const absence = absenceOf(spotAt(form.release, form.root, body, above), at.at(-1) ?? '')
  const held = absence && valueAt(body, [...above, absence.list])
  return Array.isArray(held) && held.some((one: unknown) => valueAt(one, ['field']) === absence?.field)
}
