import { useEffect, useState } from 'preact/hooks'
import { type AnyEnvelope, type Fault, warnings } from '../../sdk/browser.ts'
import type { Release } from '../../sdk/validate/schema.ts'
import { Blocks } from '../reading/blocks.tsx'
import { agencyName, agencyOf, hereOf, typeName } from '../reading/names.ts'
import { pageOf } from '../reading/page.ts'
import { release } from '../reading/release.ts'
import { useKnown } from '../reading/use-kept.ts'
import { useLanguage } from '../shell/language.ts'
import type { ScreenProps } from '../shell/routes.ts'
import { sendingWords } from '../words/sending.ts'
import { foresee } from './before.ts'
import { begin, faultsOf, prepare } from './begin.ts'
import { sayWhen } from './moments.ts'
import type { Outgoing } from './outgoing.ts'
import { type Refused, refusedKey, serviceOf } from './service.ts'

type Prepared = {
  readonly draft: Outgoing
  readonly envelope: AnyEnvelope
  readonly faults: readonly Fault[]
  readonly schemas: Release
  /** What the channel said when it refused this draft before. */
  readonly refused?: Refused
}

/** What a person is to know before they send, and one button. */
export function BeforeScreen({ session, params, go }: ScreenProps) {
  const { language, words } = useLanguage()
  const say = words(sendingWords)
  const published = useKnown(session)
  const id = params['id'] ?? ''
  const [prepared, setPrepared] = useState<Prepared | 'gone'>()
  const [working, setWorking] = useState(false)

  const look = async (): Promise<void> => {
    const draft = await session.vault.get<Outgoing>('drafts', id)
    if (draft === undefined) return setPrepared('gone')
    const { envelope, lost } = await prepare(session, draft)
    const [faults, schemas] = await Promise.all([faultsOf(session, envelope), release(envelope.schemaVersion)])
    const refused = await session.vault.get<Refused>('settings', refusedKey(id))
    setPrepared({ draft, envelope, faults: [...lost, ...faults], schemas, ...(refused && { refused }) })
  }
  useEffect(() => void look().catch(() => setPrepared('gone')), [session, id, published?.at])

  const send = async (): Promise<void> => {
    setWorking(true)
    const begun = await begin(session, id)
    if (begun.is === 'begun') {
      serviceOf(session).hurry()
      return go(`/outgoing/${id}`)
    }
    setWorking(false)
    await look()
  }
  const hasten = async (draft: Outgoing): Promise<void> => {
    await session.vault.put('drafts', id, inHaste(draft))
    await look()
  }

  if (prepared === undefined || prepared === 'gone')
    return (
      <>
        <h1 class="govuk-heading-l">{say.title}</h1>
        {prepared === 'gone' && (
          <p class="govuk-body">
            {say.gone}{' '}
            <a class="govuk-link" href="#/">
              {say.home}
            </a>
          </p>
        )}
      </>
    )
  const { draft, envelope, faults, schemas, refused } = prepared
  const who = agencyName(published, envelope.to, language)
  const recipient = agencyOf(published, envelope.to)
  const looks = warnings(envelope, { today: session.now(), ...(recipient && { recipient }) })
  const { first, child, rest } = pageOf(schemas, envelope)
  return (
    <>
      <h1 class="govuk-heading-l">{say.title}</h1>
      <p class="govuk-body">
        <strong>{typeName(envelope.type, language)}</strong> · {say[envelope.priority]}
      </p>
      <p class="govuk-body">
        {say.reads(who)} {say.sealed}
      </p>
      {refused !== undefined && (
        <p class="govuk-inset-text">
          {say.refusedBefore} {refused.title}
          {refused.faults.map(({ message, messageFr }) => ` · ${language === 'fr' ? messageFr : message}`)}
        </p>
      )}
      <Foresight session={session} envelope={envelope} onHasten={() => void hasten(draft)} />
      {faults.length > 0 && (
        <div class="govuk-error-summary" role="alert">
          <h2 class="govuk-error-summary__title">{say.faults}</h2>
          <p class="govuk-body">{say.faultsLead}</p>
          <ul class="govuk-list govuk-error-summary__list">
            {faults.map(({ pointer, message, messageFr }, at) => (
              <li key={at}>
                <a
                  href={`#/write/${id}`}
                >{`${placeOf(schemas, envelope.type, pointer, language)}${language === 'fr' ? messageFr : message}`}</a>
              </li>
            ))}
          </ul>
        </div>
      )}
      {looks.length > 0 && (
        <>
          <h2 class="govuk-heading-m">{say.warnings}</h2>
          <ul class="govuk-list govuk-list--bullet">
            {looks.map(({ code, pointer, text }) => (
              <li key={`${code} ${pointer}`}>{text[language]}</li>
            ))}
          </ul>
        </>
      )}
      <details class="govuk-details">
        <summary class="govuk-details__summary">
          <span class="govuk-details__summary-text">
            {say.preview}
            {envelope.attachments !== undefined && ` · ${say.attachments(envelope.attachments.length)}`}
          </span>
        </summary>
        <div class="govuk-details__text">
          <Blocks blocks={[...first, ...child, ...rest]} here={hereOf(session, language)} level={3} />
        </div>
      </details>
      {session.signer === undefined ? (
        <p class="govuk-inset-text">
          {say.noKey}{' '}
          <a class="govuk-link" href="#/keys">
            {say.keyLink}
          </a>
        </p>
      ) : (
        faults.length === 0 && (
          <button type="button" class="govuk-button" disabled={working} onClick={() => void send()}>
            {working ? say.sending : say.send}
          </button>
        )
      )}
      <p class="govuk-body">
        <a class="govuk-link" href={`#/write/${id}`}>
          {say.back}
        </a>
      </p>
    </>
  )
}

/** The same draft, to be dealt with now; a person chose it, so that no answer changes it again. */
const inHaste = (draft: Outgoing & { readonly progress?: object }): Outgoing => ({
  ...draft,
  priority: 'immediate',
  ...(draft.progress !== undefined && { progress: { ...draft.progress, isPriorityChosen: true } }),
})

/** Where a fault is, as people call the place: the title of the outermost member. */
function placeOf(schemas: Release, type: string, pointer: string, language: 'en' | 'fr'): string {
  const [, , member = ''] = pointer.split('/')
  const schema = schemas[`${type}.schema.json`]?.properties?.[member]
  const title = language === 'fr' ? schema?.['x-titleFr'] : schema?.title
  return title === undefined ? '' : `${title}${language === 'fr' ? '\u00a0: ' : ': '}`
}

type ForesightProps = Pick<ScreenProps, 'session'> & { readonly envelope: AnyEnvelope; readonly onHasten: () => void }

/** When they will read it, what to do where that is too late, and what they are not told. */
function Foresight({ session, envelope, onHasten }: ForesightProps) {
  const { language, words } = useLanguage()
  const say = words(sendingWords)
  const published = useKnown(session)
  const here = hereOf(session, language)
  if (published === undefined) return <p class="govuk-inset-text">{say.unknown}</p>
  const { directory, rules } = published
  const { when, opensAt, notice, isUnread, telephone, hidden } = foresee(
    envelope,
    { directory, disclosure: rules.disclosure },
    here.now,
  )
  const plain = {
    open: say.open,
    duty: say.duty,
    closed: opensAt === undefined ? say.closed : say.closedUntil(sayWhen(new Date(opensAt), here)),
    suspended: say.suspended,
    unknown: say.unknown,
  }[when]
  const isLate = when !== 'open' || isUnread
  return (
    <>
      <div class={isLate ? 'govuk-inset-text' : ''}>
        <p class="govuk-body">{notice?.[language] ?? plain}</p>
        {isUnread && <p class="govuk-body">{say.unread}</p>}
        {isLate && notice === undefined && (
          <p class="govuk-body">
            {telephone === undefined ? (
              <strong>{say.noTelephone}</strong>
            ) : (
              <a class="govuk-link govuk-!-font-weight-bold" href={`tel:${telephone}`}>
                {say.ring(telephone)}
              </a>
            )}
          </p>
        )}
        {notice !== undefined && (
          <button type="button" class="govuk-button govuk-button--secondary" onClick={onHasten}>
            {say.asImmediate}
          </button>
        )}
      </div>
      {hidden.length > 0 && (
        <>
          <h2 class="govuk-heading-m">{say.notTold}</h2>
          <p class="govuk-body">{say.notToldLead}</p>
          <ul class="govuk-list govuk-list--bullet">
            {hidden.map((title) => (
              <li key={title.en}>{title[language]}</li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
