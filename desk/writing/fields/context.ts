import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Path } from '../../../sdk/forms/pointer.ts'
import type { Directory } from '../../../sdk/answers.ts'
import type { OpenDraft } from '../open-draft.ts'
import type { Picture } from '../pictures/picture.ts'

/** What every field of a form stands in. */
export type FormContext = {
  readonly open: OpenDraft
  /** What is wrong, by the pointer of its field, in the page's language. */
  readonly faults: ReadonlyMap<string, string>
  readonly agencies: Directory['agencies']
  readonly pictures: readonly { readonly id: string; readonly picture: Picture }[]
}

export const WritingContext = createContext<FormContext | undefined>(undefined)

/** Gives the form in which a field stands. */
export function useForm(): FormContext {
  const form = useContext(WritingContext)
  if (form === undefined) throw new Error('a field outside a form')
  return form
}

/** The id of a field's element, by which a fault leads to it. */
export const idOf = (at: Path): string => `q-${at.join('-').replaceAll('*', 'all')}`
