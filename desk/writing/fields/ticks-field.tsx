import { useState } from 'preact/hooks'
import { choicesAt } from '../../../sdk/forms/kind.ts'
import { pointerOf, valueAt } from '../../../sdk/forms/pointer.ts'
import type { Grade, Ticks } from '../../../sdk/forms/profile.ts'
import { spotAt } from '../../../sdk/forms/spot.ts'
import { isObject } from '../../../sdk/shape.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { Radios } from './choice-field.tsx'
import { idOf, useForm } from './context.ts'
import { Fieldset, Folded } from './group.tsx'
import { SearchField } from './search-field.tsx'
import type { FieldProps } from './typed-field.tsx'

/** Members of an item that are said by ticking it, or asked once for all. */
const SAID: ReadonlySet<string> = new Set(['details', 'observed', 'actionsTaken'])

/** What happened, as ticks in plain words, each with how somebody knows: it was seen, heard, or is a rumour. */
export function TicksField({ at, label, hint, isSaid = false, ticks }: FieldProps & { readonly ticks: Ticks }) {
  const { open, faults } = useForm()
  const { language, words } = useLanguage()
  const say = words(writing)
  const { form } = open
  const { body } = open.draft().progress
  const held = valueAt(body, at)
  const items: readonly unknown[] = Array.isArray(held) ? held : []
  const placeOf = (code: string): number => items.findIndex((item) => valueAt(item, [ticks.code]) === code)
  const all = choicesAt(spotAt(form.release, form.root, body, [...at, '*', ticks.code]))
  const listed = new Set(ticks.groups.flatMap((group) => group.ticks.map(({ code }) => code)))
  const others = items
    .map((item) => String(valueAt(item, [ticks.code])))
    .filter((code) => !listed.has(code) && code !== 'undefined')
  const id = idOf(at)
  const tick = (code: string): void => {
    open.add(at)
    open.put([...at, String(items.length), ticks.code], code)
  }
  const drop = (code: string): void => open.put([...at, String(placeOf(code))], undefined)
  const row = (code: string, says: string) => {
    const place = placeOf(code)
    return <Tick key={code} {...{ id, at, code, says, place, ticks }} onTick={tick} onDrop={drop} />
  }
  const [searching] = useState(`${id}-others`)
  return (
    <Fieldset id={id} label={label} hint={hint} isSaid={isSaid} fault={faults.get(pointerOf(at))}>
      {ticks.groups.map(({ title, ticks: rows }) => (
        <fieldset key={title.en} class="govuk-fieldset desk-item">
          <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{title[language]}</legend>
          <div class="govuk-checkboxes govuk-checkboxes--small">
            {rows.map(({ code, says }) => row(code, says[language]))}
          </div>
        </fieldset>
      ))}
      <fieldset class="govuk-fieldset desk-item">
        <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{say.ticks.other}</legend>
        <div class="govuk-checkboxes govuk-checkboxes--small">
          {others.map((code) => row(code, all.find((one) => one.code === code)?.text[language] ?? code))}
        </div>
        <SearchField
          id={searching}
          label={say.ticks.others}
          choices={all
            .filter(({ code }) => placeOf(code) < 0)
            .map(({ code, text }) => ({ code, says: text[language] }))}
          chosen={[]}
          onChoose={tick}
          onDrop={drop}
        />
      </fieldset>
    </Fieldset>
  )
}

type TickProps = {
  readonly id: string
  readonly at: readonly string[]
  readonly code: string
  readonly says: string
  /** Where it stands in the list, -1 where it is not ticked. */
  readonly place: number
  readonly ticks: Ticks
  readonly onTick: (code: string) => void
  readonly onDrop: (code: string) => void
}

function Tick({ id, at, code, says, place, ticks, onTick, onDrop }: TickProps) {
  const { open, Place } = useForm()
  const say = useLanguage().words(writing)
  const own = `${id}-${code}`
  const item = [...at, String(place)]
  const held = valueAt(open.draft().progress.body, item)
  const known = ticks.grades.find(({ sets }) => isSet(held, sets))
  const put = (grade: Grade | undefined): void => {
    for (const [name, value] of Object.entries(grade?.sets ?? {})) open.put([...item, name], value)
  }
  return (
    <>
      <div class="govuk-checkboxes__item">
        <input
          id={own}
          class="govuk-checkboxes__input"
          type="checkbox"
          checked={place >= 0}
          onChange={({ currentTarget }) => (currentTarget.checked ? onTick(code) : onDrop(code))}
        />
        <label class="govuk-label govuk-checkboxes__label" for={own}>
          {says}
        </label>
      </div>
      {place >= 0 && (
        <div class="govuk-checkboxes__conditional">
          <fieldset class="govuk-fieldset">
            <legend class="govuk-fieldset__legend">
              {say.ticks.how}
              <span class="govuk-visually-hidden"> ({says})</span>
            </legend>
            <Radios
              id={`${own}-how`}
              choices={ticks.grades.map((grade) => ({ code: grade.id, text: grade.says, value: grade.id }))}
              value={known?.id}
              onChoose={(chosen) => put(ticks.grades.find((grade) => grade.id === chosen))}
            />
          </fieldset>
          <Folded label={say.more}>
            {[...SAID].map((name) => (
              <Place key={name} at={[...item, name]} />
            ))}
          </Folded>
        </div>
      )}
    </>
  )
}

const isSet = (item: unknown, sets: Grade['sets']): boolean =>
  isObject(item) && Object.entries(sets).every(([name, value]) => item[name] === value)
