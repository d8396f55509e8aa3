import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { shell } from '../words/shell.ts'
import { useLanguage } from './language.ts'

type PassphraseProps = {
  readonly id: string
  readonly label: string
  readonly hint?: string
  readonly fault?: string | undefined
  readonly isNew?: boolean
  readonly value: string
  readonly onInput: (value: string) => void
}

/** A field for a secret, which can be looked at while it is typed (GOV.UK, password input). */
export function PassphraseField({ id, label, hint, fault, isNew = false, value, onInput }: PassphraseProps) {
  const say = useLanguage().words(shell)
  const [shown, setShown] = useState(false)
  const described = [hint !== undefined && `${id}-hint`, fault !== undefined && `${id}-fault`].filter(Boolean).join(' ')
  return (
    <Group fault={fault}>
      <label class="govuk-label govuk-label--s" for={id}>
        {label}
      </label>
      {hint !== undefined && (
        <div id={`${id}-hint`} class="govuk-hint">
          {hint}
        </div>
      )}
      <FaultLine id={id} fault={fault} />
      <div class="desk-secret">
        <input
          id={id}
          class={`govuk-input${fault === undefined ? '' : ' govuk-input--error'}`}
          {...(shown ? { type: 'text' } : { type: 'password' })}
          autocomplete={isNew ? 'new-password' : 'current-password'}
          autocapitalize="none"
          spellcheck={false}
          aria-describedby={described === '' ? undefined : described}
          aria-invalid={fault !== undefined}
          value={value}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        />
        <button
          type="button"
          class="govuk-button govuk-button--secondary"
          aria-controls={id}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? say.hide : say.show}
          <span class="govuk-visually-hidden"> {label}</span>
        </button>
      </div>
    </Group>
  )
}

type FileProps = {
  readonly id: string
  readonly label: string
  readonly accept: string
  readonly fault?: string | undefined
  readonly onChoose: (file: File | undefined) => void
}

/** A field for a file. */
export function FileField({ id, label, accept, fault, onChoose }: FileProps) {
  return (
    <Group fault={fault}>
      <label class="govuk-label govuk-label--s" for={id}>
        {label}
      </label>
      <FaultLine id={id} fault={fault} />
      <input
        id={id}
        class={`govuk-file-upload${fault === undefined ? '' : ' govuk-file-upload--error'}`}
        type="file"
        accept={accept}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
        onChange={({ currentTarget }) => onChoose(currentTarget.files?.[0])}
      />
    </Group>
  )
}

function Group({ fault, children }: { readonly fault: string | undefined; readonly children: ComponentChildren }) {
  return <div class={`govuk-form-group${fault === undefined ? '' : ' govuk-form-group--error'}`}>{children}</div>
}

function FaultLine({ id, fault }: { readonly id: string; readonly fault: string | undefined }) {
  if (fault === undefined) return null
  return (
    <p id={`${id}-fault`} class="govuk-error-message" role="alert">
      {fault}
    </p>
  )
}
