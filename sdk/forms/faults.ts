import type { Fault, Text } from '../problem.ts'
import { judge } from '../validate/judge.ts'
import type { Body, Form } from './form.ts'
import { shapeOf } from './kind.ts'
import { type Path, pathOf } from './pointer.ts'
import { absenceOf, choicesOf, memberSpot, spotAt, wordsAt } from './spot.ts'

/** What is wrong in a body, and the place at which it is mended: for a missing member its own, for a choice of members the first. */
export type FormFault = {
  readonly at: Path
  /** Other places that mend it as well. */
  readonly also?: readonly Path[]
  readonly text: Text
  readonly keyword: string
}

/** Gives every fault of a body, a hundred at most, in the validator's words but for what is missing. */
export function faultsOf(form: Form, body: Body): readonly FormFault[] {
  const found = judge(form.release, form.root, body, '').map((fault) => placed(form, body, fault))
  return [...new Map(found.map((fault) => [`${fault.at.join('/')} ${fault.keyword}`, fault])).values()]
}

function placed(form: Form, body: Body, { pointer, keyword, message, messageFr }: Fault): FormFault {
  const at = pathOf(pointer)
  const text = { en: message, fr: messageFr }
  const spot = spotAt(form.release, form.root, body, at)
  const missing = keyword === 'required' ? missingIn(message) : undefined
  if (missing !== undefined) {
    // Of a text with its language, the text is what is missing, and what it is about is the group's.
    const isWords = shapeOf(form.release, spot).shape === 'words'
    const { title } = wordsAt(isWords ? spot : memberSpot(form.release, spot, missing, undefined))
    return { at: [...at, missing], keyword, text: unanswered(title ?? { en: missing, fr: missing }) }
  }
  const names = choicesOf(spot).find(({ title }) => title.en === message)?.names ?? []
  const [first, ...others] = keyword === 'anyOf' ? names : []
  if (first === undefined) return { at, keyword, text }
  const { title } = wordsAt(memberSpot(form.release, spot, first, undefined))
  const mayBeUnknown = title !== undefined && absenceOf(spot, first) !== undefined
  return {
    at: [...at, first],
    also: mayBeUnknown ? [] : others.map((name) => [...at, name]),
    keyword,
    text: mayBeUnknown
      ? unanswered({ en: `${title.en}, or that nobody knows`, fr: `${title.fr}, ou que personne ne le sait` })
      : text,
  }
}

/** What a person is told of something that is missing. */
export const unanswered = ({ en, fr }: Text): Text => ({
  en: `Not answered yet: ${en}`,
  fr: `Sans réponse pour l’instant\u00a0: ${fr}`,
})

/** The member that a fault of the validator says is missing; it is named in its words alone. */
function missingIn(message: string): string | undefined {
  return /"(.+?)"/.exec(message)?.[1]
}
