import { pointerOf, valueAt } from '../../../sdk/forms/pointer.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { nameOfLanguage } from '../typed/languages.ts'
import { idOf, useForm } from './context.ts'
import { describedBy, Folded, Labelled } from './group.tsx'
import type { FieldProps } from './typed-field.tsx'

const ROWS = 6
const MOST = 8_000

/** A text with its language, which is the page's until somebody says otherwise. */
export function WordsField({ at, label, hint, isSaid = false }: Omit<FieldProps, 'spot'>) {
  const { open, faults, Place } = useForm()
  const { language, words } = useLanguage()
  const say = words(writing)
  const { body } = open.draft().progress
  const text = [...at, 'text']
  const id = idOf(text)
  const fault = faults.get(pointerOf(text)) ?? faults.get(pointerOf(at))
  const value = valueAt(body, text)
  const tag = valueAt(body, [...at, 'language'])
  const around = { id, label, hint, fault, isSaid }
  const { own } = nameOfLanguage(typeof tag === 'string' ? tag : open.draft().progress.language, language)
  return (
    <>
      <Labelled {...around}>
        <textarea
          id={id}
          class={`govuk-textarea${fault === undefined ? '' : ' govuk-textarea--error'}`}
          rows={ROWS}
          dir="auto"
          lang={typeof tag === 'string' ? tag : undefined}
          maxLength={MOST}
          value={typeof value === 'string' ? value : ''}
          aria-describedby={describedBy(around)}
          aria-invalid={fault !== undefined}
          onInput={({ currentTarget }) => open.put(text, currentTarget.value === '' ? undefined : currentTarget.value)}
        />
      </Labelled>
      <Folded label={`${say.languageOfText} (${own})`}>
        <Place at={[...at, 'language']} />
        <Place at={[...at, 'translations']} />
      </Folded>
    </>
  )
}
