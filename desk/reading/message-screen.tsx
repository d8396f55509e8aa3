import { useEffect, useState } from 'preact/hooks'
import type { Envelope } from '../../sdk/browser.ts'
import type { Release } from '../../sdk/validate/schema.ts'
import { sayWhen } from '../sending/moments.ts'
import { useDesk } from '../shell/desk.ts'
import { useLanguage } from '../shell/language.ts'
import type { ScreenProps } from '../shell/routes.ts'
import { readingWords } from '../words/reading.ts'
import { Acknowledging } from './acknowledging.tsx'
import { Attachments } from './attachments.tsx'
import { Blocks } from './blocks.tsx'
import { agencyName, hereOf, typeName } from './names.ts'
import { leavesOpenWhoMayBeTold, pageOf } from './page.ts'
import { forget, judgeAgain, type Received, readMessage } from './received.ts'
import { release } from './release.ts'
import { Replying } from './replying.tsx'
import { useKnown } from './use-kept.ts'

type Reading =
  | { readonly at: 'loading' | 'not-here' | 'no-line' }
  | { readonly at: 'read'; readonly received: Received }

/** One message that was received, as a page for people. */
export function MessageScreen({ session, params, go }: ScreenProps) {
  const { language, words } = useLanguage()
  const say = words(readingWords).message
  const { announce } = useDesk()
  const published = useKnown(session)
  const [reading, setReading] = useState<Reading>({ at: 'loading' })
  const id = params['id'] ?? ''

  const read = async (): Promise<void> => {
    setReading({ at: 'loading' })
    try {
      const found = await readMessage(session, id)
      // A signature that could not be verified may be by now.
      const received = found?.doubt === undefined ? found : await judgeAgain(session, found)
      setReading(received === undefined ? { at: 'not-here' } : { at: 'read', received })
    } catch {
      setReading({ at: 'no-line' })
    }
  }
  useEffect(() => void read(), [session, id])

  if (reading.at !== 'read')
    return (
      <>
        <h1 class="govuk-heading-l">{say.title}</h1>
        <p class="govuk-body" role="status">
          {reading.at === 'loading' ? say.loading : reading.at === 'not-here' ? say.notHere : say.noLine}
        </p>
        {reading.at === 'no-line' && (
          <button type="button" class="govuk-button" onClick={() => void read()}>
            {say.again}
          </button>
        )}
      </>
    )

  const { received } = reading
  const { envelope, doubt } = received
  const who = agencyName(published, received.from, language)
  const here = hereOf(session, language)
  const away = async (): Promise<void> => {
    await forget(session, id)
    announce(say.forgotten)
    go('/')
  }
  return (
    <article>
      <h1 class="govuk-heading-l">{envelope === undefined ? say.title : typeName(envelope.type, language)}</h1>
      <p class="govuk-body desk-tight">
        {who}
        {received.acceptedAt !== undefined && ` · ${say.at(sayWhen(new Date(received.acceptedAt), here))}`}
        {received.desk !== undefined && ` ${say.forDesk(received.desk)}`}
      </p>
      {envelope !== undefined && envelope.priority !== 'routine' && (
        <p>
          <strong class={`govuk-tag govuk-tag--${envelope.priority === 'immediate' ? 'red' : 'orange'}`}>
            {words(readingWords)[envelope.priority]}
          </strong>
        </p>
      )}
      {doubt === undefined ? (
        <p class="govuk-hint">{say.genuine(who)}</p>
      ) : (
        <div class="govuk-error-summary" role="alert">
          <h2 class="govuk-error-summary__title">{say.doubtful}</h2>
          <p class="govuk-body">{doubt.text[language]}</p>
          <p class="govuk-body">
            <strong>{say.doubtfulDoes(who)}</strong>
          </p>
        </div>
      )}
      {envelope !== undefined && doubt === undefined && (
        <Content envelope={envelope} received={received} session={session} />
      )}
      {envelope !== undefined && doubt !== undefined && (
        <details class="govuk-details">
          <summary class="govuk-details__summary">
            <span class="govuk-details__summary-text">{say.claims}</span>
          </summary>
          <div class="govuk-details__text">
            <Content envelope={envelope} received={received} session={session} />
          </div>
        </details>
      )}
      <div class="desk-not-printed">
        {doubt === undefined && (
          <Acknowledging
            session={session}
            received={received}
            onDone={(answered) => setReading({ at: 'read', received: answered })}
          />
        )}
        {doubt === undefined && envelope !== undefined && <Replying session={session} about={envelope} go={go} />}
        <p class="govuk-body">
          <a class="govuk-link" href={`#/case/${id}`}>
            {say.case}
          </a>
        </p>
        {doubt === undefined && envelope !== undefined && (
          <p class="govuk-body">
            <a class="govuk-link" href={`#/write/about/${id}`}>
              {say.elsewhere}
            </a>
          </p>
        )}
        <button type="button" class="govuk-button govuk-button--secondary" onClick={() => print()}>
          {say.print}
        </button>
        <p class="govuk-hint">
          {say.kept} {say.retention}
        </p>
        <button type="button" class="govuk-button govuk-button--warning" onClick={() => void away()}>
          {say.forget}
        </button>
      </div>
      <p class="desk-printed">{say.printed(sayWhen(here.now, here))}</p>
    </article>
  )
}

type ContentProps = Pick<ScreenProps, 'session'> & { readonly envelope: Envelope; readonly received: Received }

/** What a message says, in the order in which people have to know it. */
function Content({ envelope, received, session }: ContentProps) {
  const { language, words } = useLanguage()
  const say = words(readingWords).message
  const [schemas, setSchemas] = useState<Release>()
  useEffect(() => void release(envelope.schemaVersion).then(setSchemas), [envelope.schemaVersion])
  if (schemas === undefined) return <p class="govuk-body">{say.loading}</p>
  const here = hereOf(session, language)
  const { first, child, rest, folded } = pageOf(schemas, envelope)
  return (
    <>
      {first.length > 0 && (
        <section class="desk-first">
          <h2 class="govuk-heading-m">{say.first}</h2>
          <Blocks blocks={first} here={here} level={3} />
        </section>
      )}
      {leavesOpenWhoMayBeTold(schemas, envelope) && (
        <section class="desk-first">
          <h2 class="govuk-heading-m">{say.mayTell}</h2>
          <p class="govuk-body">{say.mayTellOpen}</p>
        </section>
      )}
      {child.length > 0 && (
        <section class="desk-child">
          <h2 class="govuk-heading-m">{say.child}</h2>
          <Blocks blocks={child} here={here} level={3} />
        </section>
      )}
      <Blocks blocks={rest} here={here} />
      {envelope.attachments !== undefined && (
        <Attachments client={session.client} message={received} attachments={envelope.attachments} />
      )}
      <details class="govuk-details desk-folded">
        <summary class="govuk-details__summary">
          <span class="govuk-details__summary-text">{say.folded}</span>
        </summary>
        <div class="govuk-details__text">
          <Blocks blocks={folded} here={here} level={3} />
        </div>
      </details>
    </>
  )
}
