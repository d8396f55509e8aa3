import { createContext, type JSX } from 'preact'
import { useContext } from 'preact/hooks'
import type { Path } from '../../../sdk/forms/pointer.ts'
import type { Asked } from '../../../sdk/forms/profile.ts'
import type { Directory } from '../../../sdk/answers.ts'
import type { OpenDraft } from '../open-draft.ts'
import type { Picture } from '../pictures/picture.ts'

/** What a place is given. */
export type PlaceProps = {
  readonly at: Path
  /** What the profile says of it: words, and which members are shown. */
  readonly asked?: Omit<Asked, 'at'> | undefined
  /** The page's heading says the same already. */
  readonly isSaid?: boolean
}

/** What every field of a form stands in. */
export type FormContext = {
  readonly open: OpenDraft
  /** What is wrong, by the pointer of its field, in the page's language. */
  readonly faults: ReadonlyMap<string, string>
  readonly agencies: Directory['agencies']
  /** Shows whatever another place wants: groups and lists hold places in their turn. */
  readonly Place: (props: PlaceProps) => JSX.Element
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
