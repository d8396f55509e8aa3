/** What was answered, as people read it. */
import type { Form } from '../../sdk/forms/form.ts'
import { choicesAt } from '../../sdk/forms/kind.ts'
import { type Path, pathOf, valueAt } from '../../sdk/forms/pointer.ts'
import type { Asked, Ticks } from '../../sdk/forms/profile.ts'
import { spotAt, wordsAt } from '../../sdk/forms/spot.ts'
import { sayWhen } from '../../sdk/forms/typed/dates.ts'
import { isObject } from '../../sdk/shape.ts'
import { type Answer, answersOf } from './answers.ts'
import { nameOfLanguage } from './typed/languages.ts'
import type { Typing } from '../../sdk/forms/typed/values.ts'

type Language = 'en' | 'fr'
export type Line = { readonly label?: string; readonly says: string }

/** Of these nobody reads: labels within the message, and what is seen in the text itself. */
const UNSAID: ReadonlySet<string> = new Set(['key', 'script'])
const UNSAID_KINDS: ReadonlySet<string> = new Set(['digest', 'id'])

/** Gives what stands at a member of a screen, line by line; none where nothing does. */
export function linesAt(
  form: Form,
  body: object,
  asked: Pick<Asked, 'at' | 'ticks'>,
  language: Language,
  typing: Typing,
): readonly Line[] {
  const once = asked.at.replace('*', '0')
  const at = pathOf(once)
  const value = valueAt(body, at)
  if (value === undefined) return []
  if (asked.ticks !== undefined && Array.isArray(value))
    return value.map((item: unknown) => ticked(form, item, asked, language))
  const found = answersOf(form, { ...body }, typing).filter(
    (answer) => `${answer.at.join('/')}/`.startsWith(`${at.join('/')}/`) && isRead(answer),
  )
  return found.map((answer) => {
    const says = saidOf(answer, String(valueAt(body, answer.at)), language)
    const label = labelOf(form, body, answer.at, at, language)
    return label === '' ? { says } : { label, says }
  })
}

const isRead = ({ at, kind }: Answer): boolean =>
  !UNSAID.has(at.at(-1) ?? '') && !UNSAID_KINDS.has(kind) && !(at.at(-1) === 'language' && at.length > 1)

function ticked(form: Form, item: unknown, { at, ticks }: Pick<Asked, 'at' | 'ticks'>, language: Language): Line {
  const { code = '', groups = [], grades = [] }: Partial<Ticks> = ticks ?? {}
  const own = valueAt(item, [code])
  const plain = groups.flatMap((group) => group.ticks).find((tick) => tick.code === own)?.says
  const listed = choicesAt(spotAt(form.release, form.root, {}, [...pathOf(at), '*', code])).find(
    (one) => one.code === own,
  )
  const grade = grades.find(
    ({ sets }) => isObject(item) && Object.entries(sets).every(([name, value]) => item[name] === value),
  )
  const says = (plain ?? listed?.text)?.[language] ?? String(own)
  return grade === undefined ? { says } : { says: `${says} (${grade.says[language]})` }
}

/** Gives one answer in words. */
export function saidOf(
  { kind, typed, spot }: Pick<Answer, 'kind' | 'typed' | 'spot'>,
  value: string,
  language: Language,
): string {
  if (kind === 'code' || kind === 'flag')
    return choicesAt(spot).find(({ code }) => code === typed)?.text[language] ?? typed
  if (kind === 'when' || kind === 'day' || kind === 'time') return sayWhen(value, language)
  if (kind === 'language') return nameOfLanguage(typed, language).own
  return typed
}

/** The names of the members that lead from what is asked to an answer, with the number of an item. */
function labelOf(form: Form, body: object, at: Path, from: Path, language: Language): string {
  return at
    .slice(from.length)
    .flatMap((name, place) => {
      const path = at.slice(0, from.length + place + 1)
      if (/^\d+$/.test(name)) return [String(Number(name) + 1)]
      if (name === 'text') return []
      return [wordsAt(spotAt(form.release, form.root, body, path)).title?.[language] ?? name]
    })
    .join(' · ')
}
