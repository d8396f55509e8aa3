import { shell } from '../words/shell.ts'
import { useLanguage } from './language.ts'
import type { Fault } from './faults.ts'

/** What is wrong, and what to do. */
export function FaultPage({ fault, onAgain }: { readonly fault: Fault; readonly onAgain: () => void }) {
  const { faults: say } = useLanguage().words(shell)
  return (
    <>
      <h1 class="govuk-heading-l">{say[fault].title}</h1>
      <p class="govuk-body">{say[fault].does}</p>
      <button type="button" class="govuk-button" onClick={onAgain}>
        {say.again}
      </button>
    </>
  )
}
