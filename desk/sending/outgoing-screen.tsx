import { Blocks } from '../reading/blocks.tsx'
import { FollowUps } from '../reading/follow-ups.tsx'
import { hasAnswer } from '../reading/home.ts'
import { agencyName, hereOf, tellingOf, typeName } from '../reading/names.ts'
import { pageOf } from '../reading/page.ts'
import type { Received } from '../reading/received.ts'
import { release } from '../reading/release.ts'
import { useKept, useKnown, useLine } from '../reading/use-kept.ts'
import { useLanguage } from '../shell/language.ts'
import type { ScreenProps } from '../shell/routes.ts'
import type { Session } from '../shell/session.ts'
import type { AnyEnvelope } from '../../sdk/browser.ts'
import { readingWords } from '../words/reading.ts'
import { receiptWords } from '../words/receipts.ts'
import { sendingWords } from '../words/sending.ts'
import { payloadOf } from './feed.ts'
import { sayWhen } from './moments.ts'
import type { Waiting } from './outbox.ts'
import type { Sent } from './outgoing.ts'
import { type Refused, refusedKey, serviceOf } from './service.ts'
import { standing, tellReceipt } from './told.ts'

type Place =
  | { readonly in: 'outbox'; readonly waiting: Waiting }
  | { readonly in: 'sent'; readonly sent: Sent; readonly isAnswered: boolean }
  | { readonly in: 'drafts'; readonly refused: Refused }
  | { readonly in: 'nowhere' }

/** Where a message is on its way, and what was said of it: told anew whenever that changes. */
export function OutgoingScreen({ session, params, go }: ScreenProps) {
  const say = useLanguage().words(sendingWords).outgoing
  const [place] = useKept(session, () => find(session, params['id'] ?? ''))
  if (place === undefined || place.in === 'nowhere')
    return (
      <>
        <h1 class="govuk-heading-l">{say.title}</h1>
        {place !== undefined && <p class="govuk-body">{say.notHere}</p>}
      </>
    )
  if (place.in === 'outbox') return <OnItsWay session={session} waiting={place.waiting} />
  if (place.in === 'drafts') return <Returned refused={place.refused} />
  return <Arrived session={session} sent={place.sent} isAnswered={place.isAnswered} go={go} />
}

async function find({ vault }: Session, id: string): Promise<Place> {
  // In this order: it is kept as sent, or as a draft again, before it leaves the outbox.
  const waiting = await vault.get<Waiting>('outbox', id)
  const sent = await vault.get<Sent>('sent', id)
  if (sent !== undefined) {
    const received = (await vault.list<Received>('received')).map(({ value }) => value)
    return { in: 'sent', sent, isAnswered: hasAnswer(received, sent.messageId, sent.envelope?.to ?? '') }
  }
  const refused = await vault.get<Refused>('settings', refusedKey(id))
  if (refused !== undefined) return { in: 'drafts', refused }
  return waiting === undefined ? { in: 'nowhere' } : { in: 'outbox', waiting }
}

function Subject({ session, envelope }: { readonly session: Session; readonly envelope: AnyEnvelope }) {
  const { language, words } = useLanguage()
  const published = useKnown(session)
  const say = words(sendingWords).outgoing
  return (
    <p class="govuk-body">{say.to(typeName(envelope.type, language), agencyName(published, envelope.to, language))}</p>
  )
}

function OnItsWay({ session, waiting }: { readonly session: Session; readonly waiting: Waiting }) {
  const { language, words } = useLanguage()
  const say = words(sendingWords).outgoing
  const isOnline = useLine()
  const { envelope, trouble, nextAt } = waiting
  const stands = trouble === undefined ? (isOnline ? say.sending : say.waits) : say[trouble.kind]
  return (
    <>
      <h1 class="govuk-heading-l">{say.title}</h1>
      <Subject session={session} envelope={envelope} />
      <p class="govuk-inset-text" role="status">
        {isOnline ? stands : say.noLine}
        {isOnline && nextAt !== undefined && ` ${say.next(sayWhen(new Date(nextAt), hereOf(session, language)))}`}
      </p>
      <button type="button" class="govuk-button" onClick={() => serviceOf(session).hurry()}>
        {say.now}
      </button>
      <p class="govuk-hint">{say.keepOpen}</p>
    </>
  )
}

function Returned({ refused }: { readonly refused: Refused }) {
  const { language, words } = useLanguage()
  const say = words(sendingWords).outgoing
  return (
    <>
      <h1 class="govuk-heading-l">{say.refusedTitle}</h1>
      <p class="govuk-body">{say.refusedLead}</p>
      <div class="govuk-error-summary" role="alert">
        <h2 class="govuk-error-summary__title">{refused.title}</h2>
        <ul class="govuk-list govuk-error-summary__list">
          {refused.faults.map(({ pointer, message, messageFr }) => (
            <li key={pointer}>
              <a href={`#/write/${refused.back}`}>{language === 'fr' ? messageFr : message}</a>
            </li>
          ))}
        </ul>
      </div>
      <p class="govuk-body">
        <a class="govuk-link" href={`#/write/${refused.back}`}>
          {say.mend}
        </a>
      </p>
    </>
  )
}

type ArrivedProps = Pick<ScreenProps, 'session' | 'go'> & { readonly sent: Sent; readonly isAnswered: boolean }

function Arrived({ session, sent, isAnswered, go }: ArrivedProps) {
  const { language, words } = useLanguage()
  const say = words(sendingWords).outgoing
  const receipts = words(receiptWords)
  const published = useKnown(session)
  const telling = tellingOf(session, published, language)
  const { envelope, notBefore } = sent
  const known = sent.receipts.flatMap(({ compact, isProven }) => {
    const payload = payloadOf(compact)
    return payload === undefined ? [] : [{ payload, isProven }]
  })
  const stands = standing(
    known.map(({ payload }) => payload),
    isAnswered,
  )
  const forget = async (): Promise<void> => {
    await session.vault.delete('sent', sent.id)
    go('/')
  }
  const isWaiting = notBefore !== undefined && stands.length === 1
  return (
    <>
      <h1 class="govuk-heading-l">{say.sentTitle}</h1>
      {envelope !== undefined && <Subject session={session} envelope={envelope} />}
      <ol class="govuk-list desk-line" aria-live="polite">
        {known
          .filter(({ payload }) => stands.includes(payload))
          .map(({ payload, isProven }) => {
            const { says, does, tone } = tellReceipt(payload, telling)
            return (
              <li key={payload.receiptId} class={`desk-told desk-told--${isProven ? tone : 'bad'}`}>
                {says} {does !== undefined && <strong>{does}</strong>}{' '}
                {!isProven && <strong>{receipts.unproven}</strong>}
              </li>
            )
          })}
      </ol>
      {isWaiting && <p class="govuk-inset-text">{receipts.waits(sayWhen(new Date(notBefore), telling))}</p>}
      {envelope !== undefined && (
        <>
          <p class="govuk-body">
            <a class="govuk-link" href={`#/case/${sent.id}`}>
              {say.case}
            </a>
          </p>
          <FollowUps session={session} sent={sent} go={go} />
          <Written session={session} envelope={envelope} />
          <button type="button" class="govuk-button govuk-button--warning" onClick={() => void forget()}>
            {words(readingWords).message.forget}
          </button>
        </>
      )}
    </>
  )
}

/** What was sent, as it was. */
function Written({ session, envelope }: { readonly session: Session; readonly envelope: AnyEnvelope }) {
  const { language, words } = useLanguage()
  const [schemas] = useKept(session, () => release(envelope.schemaVersion))
  if (schemas === undefined) return null
  const { first, child, rest, folded } = pageOf(schemas, envelope)
  return (
    <details class="govuk-details">
      <summary class="govuk-details__summary">
        <span class="govuk-details__summary-text">{words(sendingWords).outgoing.written}</span>
      </summary>
      <div class="govuk-details__text">
        <Blocks blocks={[...first, ...child, ...rest, ...folded]} here={hereOf(session, language)} level={3} />
      </div>
    </details>
  )
}
