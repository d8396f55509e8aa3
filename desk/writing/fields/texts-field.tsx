import type { Kind } from '../../../sdk/forms/kind.ts'
import { pointerOf, valueAt } from '../../../sdk/forms/pointer.ts'
import { partOf, spotAt } from '../../../sdk/forms/spot.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { idOf, useForm } from './context.ts'
import { Fieldset } from './group.tsx'
import { type FieldProps, TypedField } from './typed-field.tsx'

const MOST = 50

/** Several texts of one kind, such as allergies or the lines of an address. */
export function TextsField({ at, spot, label, hint, isSaid = false, kind }: FieldProps & { readonly kind: Kind }) {
  const { open, faults } = useForm()
  const say = useLanguage().words(writing)
  const { form } = open
  const { body } = open.draft().progress
  const held = valueAt(body, at)
  const count = Array.isArray(held) ? held.length : 0
  const shown = Math.max(count, 1)
  return (
    <Fieldset id={idOf(at)} label={label} hint={hint} isSaid={isSaid} fault={faults.get(pointerOf(at))}>
      {Array.from({ length: shown }, (_, place) => {
        const item = [...at, String(place)]
        const own = spotAt(form.release, form.root, body, item)
        return <TypedField key={place} at={item} spot={own} kind={kind} label={say.item(label, place + 1)} />
      })}
      {count > 0 && count < (partOf(spot, 'maxItems') ?? MOST) && (
        <button
          type="button"
          class="govuk-button govuk-button--secondary"
          onClick={() => open.put([...at, String(count)], '')}
        >
          {say.add(label)}
        </button>
      )}
    </Fieldset>
  )
}
