import { useState } from 'preact/hooks'
import { PasserelleProblem } from '../../sdk/browser.ts'
import { sayWhen } from '../sending/moments.ts'
import { useDesk } from '../shell/desk.ts'
import { useLanguage } from '../shell/language.ts'
import type { Session } from '../shell/session.ts'
import { readingWords } from '../words/reading.ts'
import { receiptWords } from '../words/receipts.ts'
import { hereOf, refusalReasons } from './names.ts'
import { acknowledge, type Received } from './received.ts'

type AcknowledgingProps = {
  readonly session: Session
  readonly received: Received
  readonly onDone: (answered: Received) => void
}

/** Says to the sender, by signature, that the agency has the message, or why it refuses it. */
export function Acknowledging({ session, received, onDone }: AcknowledgingProps) {
  const { language, words } = useLanguage()
  const say = words(readingWords).message
  const { announce } = useDesk()
  const [reason, setReason] = useState('')
  const [working, setWorking] = useState(false)
  const [fault, setFault] = useState<string>()
  const [lacks, setLacks] = useState(false)
  const { answered } = received

  if (answered !== undefined) {
    const when = sayWhen(new Date(answered.at), hereOf(session, language))
    const said = answered.outcome === 'accepted' ? say.accepted(when) : say.refused(when)
    return (
      <p class="govuk-inset-text">
        {said} {!answered.isProven && <strong>{words(receiptWords).unproven}</strong>}
      </p>
    )
  }
  if (session.signer === undefined) return <p class="govuk-inset-text">{say.noKey}</p>

  const tell = async (outcome: 'accepted' | 'refused'): Promise<void> => {
    setLacks(outcome === 'refused' && reason === '')
    if (outcome === 'refused' && reason === '') return
    setWorking(true)
    setFault(undefined)
    try {
      const done = await acknowledge(session, received, outcome, outcome === 'refused' ? reason : undefined)
      announce(outcome === 'accepted' ? say.acknowledge : say.refuse)
      onDone(done)
    } catch (error) {
      setFault(error instanceof PasserelleProblem ? error.problem.title : say.failed)
    } finally {
      setWorking(false)
    }
  }
  return (
    <section class="desk-group">
      {fault !== undefined && (
        <p class="govuk-error-message" role="alert">
          {fault}
        </p>
      )}
      <p class="govuk-body">{say.acknowledgeLead}</p>
      <button type="button" class="govuk-button" disabled={working} onClick={() => void tell('accepted')}>
        {say.acknowledge}
      </button>
      <details class="govuk-details">
        <summary class="govuk-details__summary">
          <span class="govuk-details__summary-text">{say.refuse}</span>
        </summary>
        <div class="govuk-details__text">
          <p class="govuk-body">{say.refuseLead}</p>
          <div class={`govuk-form-group${lacks ? ' govuk-form-group--error' : ''}`}>
            <label class="govuk-label" for="reason">
              {say.reason}
            </label>
            {lacks && (
              <p id="reason-fault" class="govuk-error-message" role="alert">
                {say.mustChoose}
              </p>
            )}
            <select
              id="reason"
              class="govuk-select"
              aria-describedby={lacks ? 'reason-fault' : undefined}
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            >
              <option value="">{say.choose}</option>
              {refusalReasons.map(({ code, text }) => (
                <option key={code} value={code}>
                  {text[language]}
                </option>
              ))}
            </select>
          </div>
          <button
            type="button"
            class="govuk-button govuk-button--warning"
            disabled={working}
            onClick={() => void tell('refused')}
          >
            {say.refuse}
          </button>
        </div>
      </details>
    </section>
  )
}
