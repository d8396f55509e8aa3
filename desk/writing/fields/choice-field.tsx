import { type Choice, choicesAt } from '../../../sdk/forms/kind.ts'
import { pointerOf, valueAt } from '../../../sdk/forms/pointer.ts'
import { itemSpot } from '../../../sdk/forms/spot.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { idOf, useForm } from './context.ts'
import { describedBy, Fieldset, Labelled } from './group.tsx'
import { SearchField } from './search-field.tsx'
import type { FieldProps } from './typed-field.tsx'

/** More than these are not read through: they are chosen from a list, or searched. */
const MOST_RADIOS = 8
const MOST_OPTIONS = 30

/** One code of a list. */
export function CodeField(props: FieldProps) {
  const { at, spot, label, hint, isSaid } = props
  const { open, faults } = useForm()
  const { language, words } = useLanguage()
  const say = words(writing)
  const choices = choicesAt(spot)
  const value = valueAt(open.draft().progress.body, at)
  const code = choices.find((one) => one.value === value)?.code ?? ''
  const id = idOf(at)
  const around = { id, label, hint, isSaid: isSaid ?? false, fault: faults.get(pointerOf(at)) }
  const choose = (code: string): void => open.put(at, choices.find((one) => one.code === code)?.value)

  if (choices.length > MOST_OPTIONS)
    return (
      <SearchField
        {...around}
        choices={choices.map(({ code, text }) => ({ code, says: text[language] }))}
        chosen={code === '' ? [] : [code]}
        onChoose={choose}
        onDrop={() => open.put(at, undefined)}
      />
    )
  if (choices.length > MOST_RADIOS)
    return (
      <Labelled {...around}>
        <select
          id={id}
          class={`govuk-select${around.fault === undefined ? '' : ' govuk-select--error'}`}
          aria-describedby={describedBy(around)}
          aria-invalid={around.fault !== undefined}
          value={code}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          <option value="">{say.choose}</option>
          {choices.map(({ code, text }) => (
            <option key={code} value={code}>
              {text[language]}
            </option>
          ))}
        </select>
      </Labelled>
    )
  return (
    <Fieldset {...around}>
      <Radios id={id} choices={choices} value={value} onChoose={choose} />
    </Fieldset>
  )
}

type RadiosProps = {
  readonly id: string
  readonly choices: readonly Pick<Choice, 'code' | 'text' | 'value'>[]
  readonly value: unknown
  readonly onChoose: (code: string) => void
}

/** A few choices, of which one is taken. */
export function Radios({ id, choices, value, onChoose }: RadiosProps) {
  const { language } = useLanguage()
  return (
    <div class="govuk-radios govuk-radios--small">
      {choices.map(({ code, text, value: own }) => (
        <div key={code} class="govuk-radios__item">
          <input
            id={`${id}-${code}`}
            class="govuk-radios__input"
            type="radio"
            name={id}
            value={code}
            checked={own === value}
            onChange={() => onChoose(code)}
          />
          <label class="govuk-label govuk-radios__label" for={`${id}-${code}`}>
            {text[language]}
          </label>
        </div>
      ))}
    </div>
  )
}

/** Several codes of a list. */
export function CodesField({ at, spot, label, hint, isSaid }: FieldProps) {
  const { open, faults } = useForm()
  const { language } = useLanguage()
  const choices = choicesAt(itemSpot(open.form.release, spot, undefined))
  const held = valueAt(open.draft().progress.body, at)
  const chosen: readonly unknown[] = Array.isArray(held) ? held : []
  const id = idOf(at)
  const around = { id, label, hint, isSaid: isSaid ?? false, fault: faults.get(pointerOf(at)) }
  const put = (next: readonly unknown[]): void => open.put(at, next)
  const add = (code: string): void => {
    const value = choices.find((one) => one.code === code)?.value
    if (!chosen.includes(value)) put([...chosen, value])
  }
  const drop = (code: string): void => put(chosen.filter((one) => String(one) !== code))

  if (choices.length > MOST_OPTIONS)
    return (
      <SearchField
        {...around}
        choices={choices.map(({ code, text }) => ({ code, says: text[language] }))}
        chosen={chosen.map(String)}
        onChoose={add}
        onDrop={drop}
      />
    )
  return (
    <Fieldset {...around}>
      <div class="govuk-checkboxes govuk-checkboxes--small">
        {choices.map(({ code, text, value }) => (
          <div key={code} class="govuk-checkboxes__item">
            <input
              id={`${id}-${code}`}
              class="govuk-checkboxes__input"
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={({ currentTarget }) => (currentTarget.checked ? add(code) : drop(code))}
            />
            <label class="govuk-label govuk-checkboxes__label" for={`${id}-${code}`}>
              {text[language]}
            </label>
          </div>
        ))}
      </div>
    </Fieldset>
  )
}
