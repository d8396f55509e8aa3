import type { ComponentChildren } from 'preact'
import { writing } from '../../words/writing.ts'
import { useLanguage } from '../../shell/language.ts'

type Around = {
  readonly id: string
  readonly label: string
  readonly hint?: string | undefined
  readonly fault?: string | undefined
  /** The page's heading says the same already. */
  readonly isSaid?: boolean
}

/** What a field is described by, for whoever hears the page. */
export const describedBy = (
  { id, hint, fault }: Pick<Around, 'id' | 'hint' | 'fault'>,
  ...more: readonly string[]
): string | undefined => {
  const ids = [hint !== undefined && `${id}-hint`, fault !== undefined && `${id}-fault`, ...more].filter(Boolean)
  return ids.length === 0 ? undefined : ids.join(' ')
}

function Told({ id, hint, fault }: Pick<Around, 'id' | 'hint' | 'fault'>) {
  const say = useLanguage().words(writing)
  return (
    <>
      {hint !== undefined && (
        <div id={`${id}-hint`} class="govuk-hint">
          {hint}
        </div>
      )}
      {fault !== undefined && (
        <p id={`${id}-fault`} class="govuk-error-message">
          <span class="govuk-visually-hidden">{say.faults.prefix} </span>
          {fault}
        </p>
      )}
    </>
  )
}

const classOf = (fault: string | undefined): string =>
  `govuk-form-group${fault === undefined ? '' : ' govuk-form-group--error'}`
const SAID = ' govuk-visually-hidden'

/** One field with its label, hint and fault. */
export function Labelled({ children, ...around }: Around & { readonly children: ComponentChildren }) {
  const { id, label, fault, isSaid = false } = around
  return (
    <div class={classOf(fault)}>
      <label class={`govuk-label govuk-label--s${isSaid ? SAID : ''}`} for={id}>
        {label}
      </label>
      <Told {...around} />
      {children}
    </div>
  )
}

/** Several fields under one heading. */
export function Fieldset({ children, ...around }: Around & { readonly children: ComponentChildren }) {
  const { id, label, fault, isSaid = false } = around
  return (
    <div class={classOf(fault)}>
      <fieldset id={id} class="govuk-fieldset" tabIndex={-1} aria-describedby={describedBy(around)}>
        <legend class={`govuk-fieldset__legend govuk-fieldset__legend--s${isSaid ? SAID : ''}`}>{label}</legend>
        <Told {...around} />
        {children}
      </fieldset>
    </div>
  )
}

/** What is folded until somebody wants it. */
export function Folded({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <details class="govuk-details">
      <summary class="govuk-details__summary">
        <span class="govuk-details__summary-text">{label}</span>
      </summary>
      <div class="govuk-details__text">{children}</div>
    </details>
  )
}
