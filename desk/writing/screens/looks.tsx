import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import type { Look } from '../looking.ts'

/** What its author should look at again, where it stands: what must not be told, and what holds nothing back. */
export function Looks({ looks }: { readonly looks: readonly Look[] }) {
  const { language, words } = useLanguage()
  const say = words(writing).checking
  const once = [...new Map(looks.map((look) => [look.text.en, look])).values()]
  return (
    <>
      {once.map(({ text, holdsBack }) => (
        <p key={text.en} class={holdsBack ? 'govuk-error-message' : 'govuk-inset-text desk-look'}>
          {holdsBack ? `${say.untold} (${text[language]})` : `${text[language]} ${say.look}`}
        </p>
      ))}
    </>
  )
}
