import type { Form } from '../../../sdk/forms/form.ts'
import type { Path } from '../../../sdk/forms/pointer.ts'
import { pointerOf, valueAt } from '../../../sdk/forms/pointer.ts'
import type { Asked } from '../../../sdk/forms/profile.ts'
import { absenceOf, itemSpot, partOf, type Spot, spotAt, wordsAt } from '../../../sdk/forms/spot.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { idOf, useForm } from './context.ts'
import { Fieldset } from './group.tsx'
import { Members } from './members.tsx'
import { TicksField } from './ticks-field.tsx'
import type { FieldProps } from './typed-field.tsx'

const MOST = 50

/** Several of one thing, such as names, brothers and sisters, telephones: one after the other. */
export function ListField({ asked, ...props }: FieldProps & { readonly asked?: Omit<Asked, 'at'> | undefined }) {
  const { at, spot, label, hint, isSaid = false } = props
  const { open, faults } = useForm()
  const { language, words } = useLanguage()
  const say = words(writing)
  if (asked?.ticks !== undefined) return <TicksField {...props} ticks={asked.ticks} />
  const { form } = open
  const { body, asked: questions } = open.draft().progress
  const held = valueAt(body, at)
  const count = Array.isArray(held) ? held.length : 0
  const shown = Math.max(count, isWanted(form, body, at, spot) ? 1 : 0)
  const what = wordsAt(itemSpot(form.release, spot, undefined)).title?.[language] ?? label
  return (
    <Fieldset id={idOf(at)} label={label} hint={hint} isSaid={isSaid} fault={faults.get(pointerOf(at))}>
      {Array.from({ length: shown }, (_, place) => {
        const item = [...at, String(place)]
        return (
          <fieldset key={place} class="govuk-fieldset desk-item">
            <legend class="govuk-fieldset__legend">{say.item(what, place + 1)}</legend>
            <Question asked={questions[String(valueAt(body, [...item, 'key']))]} />
            <Members at={item} spot={spotAt(form.release, form.root, body, item)} show={asked?.show} />
            {place < count && (
              <button
                type="button"
                class="govuk-button govuk-button--secondary desk-thumb"
                onClick={() => open.put(item, undefined)}
              >
                {say.remove}
                <span class="govuk-visually-hidden"> {say.item(what, place + 1)}</span>
              </button>
            )}
          </fieldset>
        )
      })}
      {count < (partOf(spot, 'maxItems') ?? MOST) && (
        <button
          id={`${idOf(at)}-add`}
          type="button"
          class="govuk-button govuk-button--secondary"
          onClick={() => {
            // The first stands there already, without having been added.
            for (let made = count; made <= shown; made += 1) open.add(at)
            focusOn(idOf([...at, String(shown)]))
          }}
        >
          {say.add(what)}
        </button>
      )}
    </Fieldset>
  )
}

/** The question that an item answers. */
function Question({ asked }: { readonly asked: string | undefined }) {
  return asked === undefined ? null : (
    <p class="govuk-inset-text" dir="auto">
      {asked}
    </p>
  )
}

/** A list of which one at least is wanted shows its first at once. */
function isWanted(form: Form, body: unknown, at: Path, spot: Spot): boolean {
  const above = spotAt(form.release, form.root, body, at.slice(0, -1))
  return (partOf(spot, 'minItems') ?? 0) > 0 || absenceOf(above, at.at(-1) ?? '') !== undefined
}

/** Goes to the first field of what was added, once it is there. */
function focusOn(id: string): void {
  requestAnimationFrame(() => {
    const first = document.querySelector<HTMLElement>(`[id^="${id}-"]:is(input,select,textarea)`)
    first?.focus()
  })
}
