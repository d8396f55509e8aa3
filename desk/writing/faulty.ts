import { type FormFault, faultsOf, unanswered } from '../../sdk/forms/faults.ts'
import { shapeOf } from '../../sdk/forms/kind.ts'
import { type Path, pathOf, pointerOf, templateOf, valueAt } from '../../sdk/forms/pointer.ts'
import { mendedAt, type Screen } from '../../sdk/forms/screens.ts'
import { spotAt } from '../../sdk/forms/spot.ts'
import type { writing } from '../words/writing.ts'
import type { OpenDraft } from './open-draft.ts'

/** What is to be mended, where, and on which screen. */
export type ToMend = {
  readonly at: Path
  readonly text: string
  readonly screen: Screen
  /** Nothing is wrong with it: it has not been answered. */
  readonly isMissing: boolean
}

type Say = (typeof writing)['en']['faults']

/** Gives what is typed and not understood, and what the schema does not take, each at the field that mends it, in the page's language. */
export function toMend(
  open: OpenDraft,
  screens: readonly Screen[],
  language: 'en' | 'fr',
  say: Say,
): readonly ToMend[] {
  const { form } = open
  const { body, progress } = open.draft()
  const typed = Object.keys(progress.typed).flatMap((pointer): readonly ToMend[] => {
    const at = pathOf(pointer)
    const found = shapeOf(form.release, spotAt(form.release, form.root, progress.body, at))
    const text = 'kind' in found ? (say as Readonly<Record<string, string>>)[found.kind] : undefined
    const isKnown = valueAt(progress.body, at) !== undefined
    // Until the tables are there nobody can say that it is no number.
    const isWaiting = 'kind' in found && found.kind === 'phone' && open.phones === undefined
    const screen = mendedAt(screens, { at, text: { en: '', fr: '' }, keyword: 'typed' })?.screen
    return isKnown || isWaiting || screen === undefined
      ? []
      : [{ at, text: text ?? say.other, screen, isMissing: false }]
  })
  const wrong = new Set(typed.map(({ at }) => pointerOf(at)))
  const schema = faultsOf(form, body).flatMap((fault): readonly ToMend[] => {
    const found = mendedAt(screens, fault)
    if (found === undefined || wrong.has(pointerOf(found.at))) return []
    const asked = found.screen.members.find(
      ({ at }) => at === templateOf(found.at) || `${at}/text` === templateOf(found.at),
    )
    // The question itself says it better than the schema, but where nobody may know.
    const isAsked = fault.keyword === 'required' || (fault.keyword === 'anyOf' && (fault.also ?? []).length > 0)
    const text = isAsked && asked?.ask !== undefined ? unanswered(asked.ask) : fault.text
    return [{ at: found.at, text: text[language], screen: found.screen, isMissing: MISSING.has(fault.keyword) }]
  })
  const all = [...typed, ...schema]
  return [...new Map(all.map((one) => [pointerOf(one.at), one])).values()].toSorted(
    (one, other) => screens.indexOf(one.screen) - screens.indexOf(other.screen),
  )
}

const MISSING: ReadonlySet<FormFault['keyword']> = new Set(['required', 'anyOf', 'minItems', 'contains'])
