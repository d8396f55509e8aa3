import type { Envelope } from '../../sdk/browser.ts'
import { useLanguage } from '../shell/language.ts'
import type { Session } from '../shell/session.ts'
import { readingWords } from '../words/reading.ts'
import { agencyOf, rows } from './names.ts'
import { writable } from './replies.ts'
import { startDraft } from './start-draft.ts'
import { useKnown } from './use-kept.ts'

type ReplyingProps = {
  readonly session: Session
  /** What was received. */
  readonly about: Envelope
  readonly go: (path: string) => void
}

/** What may be written to the other side: only what the pathway allows, answers first. */
export function Replying({ session, about, go }: ReplyingProps) {
  const { language, words } = useLanguage()
  const say = words(readingWords).message
  const published = useKnown(session)
  const [mine, theirs] = [agencyOf(published, session.agency), agencyOf(published, about.from)]
  if (mine === undefined || theirs === undefined) return null
  const all = writable(rows, mine.roles, theirs.roles, about.type)
  const write = (type: string, isAnswer: boolean): Promise<void> => {
    const { caseId, from } = about
    return startDraft(session, { type, to: from, caseId, language, ...(isAnswer && { answers: about }) }, go)
  }
  const answers = all.filter(({ answers }) => answers)
  const others = all.filter(({ answers }) => !answers)
  return (
    <section class="desk-group">
      {answers.length > 0 && <h2 class="govuk-heading-m">{say.answer}</h2>}
      {answers.map(({ type, title }) => (
        <button
          key={type}
          type="button"
          class="govuk-button govuk-button--secondary desk-wide"
          onClick={() => void write(type, true)}
        >
          {title[language]}
        </button>
      ))}
      {others.length > 0 && (
        <details class="govuk-details">
          <summary class="govuk-details__summary">
            <span class="govuk-details__summary-text">{say.further}</span>
          </summary>
          <div class="govuk-details__text">
            {others.map(({ type, title, says }) => (
              <div key={type}>
                <button
                  type="button"
                  class="govuk-button govuk-button--secondary desk-wide"
                  onClick={() => void write(type, false)}
                >
                  {title[language]}
                </button>
                <p class="govuk-hint">{says[language]}</p>
              </div>
            ))}
          </div>
        </details>
      )}
    </section>
  )
}
