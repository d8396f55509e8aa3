import type { Sent } from '../sending/outgoing.ts'
import { useLanguage } from '../shell/language.ts'
import type { Session } from '../shell/session.ts'
import { sendingWords } from '../words/sending.ts'
import { agencyOf, rows } from './names.ts'
import { followUps } from './replies.ts'
import { startDraft } from './start-draft.ts'
import { useKnown } from './use-kept.ts'

type FollowUpsProps = { readonly session: Session; readonly sent: Sent; readonly go: (path: string) => void }

/** Withdraw, correct, «seen again», «has died»: what they are, new messages of the case. */
export function FollowUps({ session, sent, go }: FollowUpsProps) {
  const { language, words } = useLanguage()
  const say = words(sendingWords).outgoing
  const published = useKnown(session)
  const { envelope } = sent
  const [mine, theirs] = [agencyOf(published, session.agency), agencyOf(published, envelope?.to ?? '')]
  if (envelope === undefined || mine === undefined || theirs === undefined) return null
  const offered = followUps(rows, mine.roles, theirs.roles)
  if (offered.length === 0) return null
  return (
    <section class="desk-group desk-not-printed">
      <h2 class="govuk-heading-m">{say.more}</h2>
      <p class="govuk-body">{say.moreLead}</p>
      {offered.map(({ key, type, body }) => (
        <button
          key={key}
          type="button"
          class="govuk-button govuk-button--secondary desk-wide"
          onClick={() =>
            void startDraft(
              session,
              { type, to: envelope.to, caseId: envelope.caseId, body: body(envelope.id, language), language },
              go,
            )
          }
        >
          {say[key]}
        </button>
      ))}
    </section>
  )
}
