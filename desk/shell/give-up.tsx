import { useState } from 'preact/hooks'
import { shell } from '../words/shell.ts'
import { useLanguage } from './language.ts'

type Props = { readonly thumbprint?: string | undefined; readonly onGiveUp: () => Promise<void> }

/** Deletes all that this device keeps, once somebody has said that it is meant. */
export function GiveUp({ thumbprint, onGiveUp }: Props) {
  const { giveUp: say } = useLanguage().words(shell)
  const [meant, setMeant] = useState(false)
  const [missing, setMissing] = useState(false)
  return (
    <>
      <p class="govuk-body">{say.lead}</p>
      <p class="govuk-body">{say.registry}</p>
      {thumbprint !== undefined && (
        <p class="govuk-body">
          {say.certificate} <code class="desk-code">{thumbprint}</code>
        </p>
      )}
      <div class={`govuk-form-group${missing ? ' govuk-form-group--error' : ''}`}>
        {missing && (
          <p id="meant-fault" class="govuk-error-message" role="alert">
            {say.mustConfirm}
          </p>
        )}
        <div class="govuk-checkboxes">
          <div class="govuk-checkboxes__item">
            <input
              id="meant"
              class="govuk-checkboxes__input"
              type="checkbox"
              checked={meant}
              aria-describedby={missing ? 'meant-fault' : undefined}
              onChange={({ currentTarget }) => setMeant(currentTarget.checked)}
            />
            <label class="govuk-label govuk-checkboxes__label" for="meant">
              {say.confirm}
            </label>
          </div>
        </div>
      </div>
      <button
        type="button"
        class="govuk-button govuk-button--warning"
        onClick={() => {
          setMissing(!meant)
          if (meant) void onGiveUp()
        }}
      >
        {say.do}
      </button>
    </>
  )
}
