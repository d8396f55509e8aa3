import { useState } from 'preact/hooks'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { type Listed, searched } from '../searching.ts'
import { Fieldset } from './group.tsx'

type SearchProps = {
  readonly id: string
  readonly label: string
  readonly hint?: string | undefined
  readonly isSaid?: boolean
  readonly fault?: string | undefined
  readonly choices: readonly Listed[]
  readonly chosen: readonly string[]
  readonly onChoose: (code: string) => void
  readonly onDrop: (code: string) => void
  /** What is typed may itself be chosen. */
  readonly onTyped?: (typed: string) => boolean
}

/** More are not shown: whoever types more sees fewer. */
const MOST_SHOWN = 8

/** A long list, such as the countries: by typing a few letters. Buttons alone, so that every keyboard and reader knows them. */
export function SearchField({
  id,
  label,
  hint,
  isSaid = false,
  fault,
  choices,
  chosen,
  onChoose,
  onDrop,
  onTyped,
}: SearchProps) {
  const say = useLanguage().words(writing)
  const [typed, setTyped] = useState('')
  const found = searched(choices, typed).filter(({ code }) => !chosen.includes(code))
  const choose = (code: string): void => {
    onChoose(code)
    setTyped('')
  }
  const named = (code: string): Listed => choices.find((one) => one.code === code) ?? { code, says: code }
  return (
    <Fieldset id={`${id}-all`} label={label} hint={hint} isSaid={isSaid} fault={fault}>
      {chosen.length > 0 && (
        <ul class="govuk-list desk-chosen" aria-label={say.chosen}>
          {chosen.map(named).map(({ code, says, also, lang }) => (
            <li key={code}>
              <span lang={lang} dir="auto">
                {says}
              </span>
              {also !== undefined && ` (${also})`}{' '}
              <button
                type="button"
                class="govuk-button govuk-button--secondary desk-thumb"
                onClick={() => onDrop(code)}
              >
                {say.remove}
                <span class="govuk-visually-hidden"> {says}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <label class="govuk-label" for={id}>
        {say.search}
        <span class="govuk-visually-hidden"> ({label})</span>
      </label>
      <input
        id={id}
        class="govuk-input govuk-input--width-20"
        type="search"
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        maxLength={60}
        value={typed}
        aria-describedby={`${id}-found`}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          const [first] = found
          if (first !== undefined) choose(first.code)
          else if (onTyped?.(typed) === true) setTyped('')
        }}
      />
      <p id={`${id}-found`} class="govuk-hint" role="status">
        {typed === '' ? '' : say.found(found.length)}
      </p>
      <ul class="govuk-list desk-found">
        {found.slice(0, MOST_SHOWN).map(({ code, says, also, lang }) => (
          <li key={code}>
            <button type="button" class="govuk-button govuk-button--secondary desk-thumb" onClick={() => choose(code)}>
              <span lang={lang} dir="auto">
                {says}
              </span>
              {also !== undefined && ` (${also})`}
            </button>
          </li>
        ))}
      </ul>
    </Fieldset>
  )
}
