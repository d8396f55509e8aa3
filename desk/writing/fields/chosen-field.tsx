import { pointerOf, valueAt } from '../../../sdk/forms/pointer.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { idOf, useForm } from './context.ts'
import { describedBy, Fieldset, Labelled } from './group.tsx'
import type { FieldProps } from './typed-field.tsx'

/** An agency of the directory. */
export function AgencyField({ at, label, hint, isSaid = false }: FieldProps) {
  const { open, faults, agencies } = useForm()
  const { language, words } = useLanguage()
  const say = words(writing)
  const value = valueAt(open.draft().progress.body, at)
  const around = { id: idOf(at), label, hint, isSaid, fault: faults.get(pointerOf(at)) }
  return (
    <Labelled {...around}>
      <select
        id={around.id}
        class={`govuk-select${around.fault === undefined ? '' : ' govuk-select--error'}`}
        aria-describedby={describedBy(around)}
        value={typeof value === 'string' ? value : ''}
        onChange={({ currentTarget }) => open.put(at, currentTarget.value === '' ? undefined : currentTarget.value)}
      >
        <option value="">{say.choose}</option>
        {agencies.map(({ id, name }) => (
          <option key={id} value={id}>
            {name[language]}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

/** One of this draft's pictures, or several. */
export function DigestField({ at, label, hint, isSaid = false, isMany }: FieldProps & { readonly isMany: boolean }) {
  const { open, faults, pictures } = useForm()
  const say = useLanguage().words(writing)
  const held = valueAt(open.draft().progress.body, at)
  const chosen: readonly unknown[] = Array.isArray(held) ? held : [held]
  const id = idOf(at)
  const choose = (digest: string, isChosen: boolean): void => {
    const others = chosen.filter((one) => one !== undefined && one !== digest)
    open.put(at, isMany ? (isChosen ? [...others, digest] : others) : isChosen ? digest : undefined)
  }
  return (
    <Fieldset id={id} label={label} hint={hint} isSaid={isSaid} fault={faults.get(pointerOf(at))}>
      {pictures.length === 0 && <p class="govuk-hint">{say.pictures.none}</p>}
      <div class="govuk-checkboxes govuk-checkboxes--small">
        {pictures.map(({ id: own, picture: { digest, description } }, place) => (
          <div key={own} class="govuk-checkboxes__item">
            <input
              id={`${id}-${place}`}
              class="govuk-checkboxes__input"
              type="checkbox"
              checked={chosen.includes(digest)}
              onChange={({ currentTarget }) => choose(digest, currentTarget.checked)}
            />
            <label class="govuk-label govuk-checkboxes__label" for={`${id}-${place}`}>
              {description === '' ? say.pictures.picture(place + 1) : description}
            </label>
          </div>
        ))}
      </div>
    </Fieldset>
  )
}
