import type { Kind } from '../../../sdk/forms/kind.ts'
import { type Path, pointerOf, valueAt } from '../../../sdk/forms/pointer.ts'
import { partOf, type Spot } from '../../../sdk/forms/spot.ts'
import { sayWhen } from '../../../sdk/forms/typed/dates.ts'
import { typedOf } from '../../../sdk/forms/typed/values.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { idOf, useForm } from './context.ts'
import { describedBy, Labelled } from './group.tsx'

/** What one field is given. */
export type FieldProps = {
  readonly at: Path
  readonly spot: Spot
  readonly label: string
  readonly hint?: string | undefined
  readonly isSaid?: boolean
}

const DATES: ReadonlySet<Kind> = new Set(['when', 'day', 'time'])
const SHORT: ReadonlySet<Kind> = new Set(['number', 'when', 'day', 'time', 'phone'])
const ROWS = 5

/** Whatever is typed: texts, dates, telephone numbers, ages. It is understood as people type it, and shown as it was understood. */
export function TypedField({ at, spot, label, hint, isSaid = false, kind }: FieldProps & { readonly kind: Kind }) {
  const { open, faults } = useForm()
  const { language, words } = useLanguage()
  const say = words(writing)
  const { progress } = open.draft()
  const [id, pointer] = [idOf(at), pointerOf(at)]
  const value = valueAt(progress.body, at)
  const typed = progress.typed[pointer] ?? (value === undefined ? '' : typedOf(kind, value, open))
  const fault = faults.get(pointer)
  const help = hint ?? ((say.hints as Readonly<Record<string, string>>)[kind] || undefined)
  const said = DATES.has(kind) && typeof value === 'string' ? say.understood(sayWhen(value, language)) : undefined
  const around = { id, label, fault, isSaid, hint: help }
  const common = {
    id,
    value: typed,
    dir: 'auto' as const,
    autocomplete: 'off',
    maxLength: kind === 'text' || kind === 'long' ? (partOf(spot, 'maxLength') ?? 8_000) : 100,
    'aria-describedby': describedBy(around, ...(said === undefined ? [] : [`${id}-said`])),
    'aria-invalid': fault !== undefined,
    onInput: (event: { readonly currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
      open.type(at, kind, event.currentTarget.value),
    onBlur: () => open.settle(at),
  }
  const error = fault === undefined ? '' : ' govuk-input--error'
  return (
    <Labelled {...around}>
      {kind === 'long' ? (
        <textarea {...common} class={`govuk-textarea${error}`} rows={ROWS} />
      ) : (
        <input
          {...common}
          class={`govuk-input${error}${SHORT.has(kind) ? ' govuk-input--width-20' : ''}`}
          {...(kind === 'phone' ? { type: 'tel' } : kind === 'email' ? { type: 'email' } : { type: 'text' })}
          inputMode={kind === 'number' ? 'numeric' : undefined}
          spellcheck={false}
        />
      )}
      {said !== undefined && (
        <p id={`${id}-said`} class="govuk-hint desk-understood">
          {said}
        </p>
      )}
    </Labelled>
  )
}
