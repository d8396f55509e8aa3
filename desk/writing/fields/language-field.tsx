import { pointerOf, valueAt } from '../../../sdk/forms/pointer.ts'
import { languages, nameOfLanguage } from '../typed/languages.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { idOf, useForm } from './context.ts'
import type { Listed } from '../searching.ts'
import { SearchField } from './search-field.tsx'
import type { FieldProps } from './typed-field.tsx'

const TAG = /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$/

/** The languages by their own names, and by the page's. */
function listed(language: 'en' | 'fr'): readonly Listed[] {
  return languages.map(([tag]) => {
    const { own, also } = nameOfLanguage(tag, language)
    return { code: tag, says: own, lang: tag, ...(also !== undefined && { also }) }
  })
}

/** One language, or several: searched by any of their names; another is typed as its tag. */
export function LanguageField({ at, label, hint, isSaid, isMany = false }: FieldProps & { readonly isMany?: boolean }) {
  const { open, faults } = useForm()
  const { language, words } = useLanguage()
  const say = words(writing)
  const held = valueAt(open.draft().progress.body, at)
  const chosen = Array.isArray(held) ? held.map(String) : typeof held === 'string' ? [held] : []
  const choose = (tag: string): void => open.put(at, isMany ? [...chosen, tag] : tag)
  return (
    <SearchField
      id={idOf(at)}
      label={label}
      hint={hint ?? say.otherTag}
      isSaid={isSaid ?? false}
      fault={faults.get(pointerOf(at))}
      choices={listed(language)}
      chosen={chosen}
      onChoose={choose}
      onDrop={(tag) => open.put(at, isMany ? chosen.filter((one) => one !== tag) : undefined)}
      onTyped={(typed) => {
        if (!TAG.test(typed.trim())) return false
        choose(typed.trim())
        return true
      }}
    />
  )
}
