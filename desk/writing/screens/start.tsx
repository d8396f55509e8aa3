import { useEffect, useState } from 'preact/hooks'
import { useLanguage } from '../../shell/language.ts'
import type { ScreenProps } from '../../shell/routes.ts'
import { writing } from '../../words/writing.ts'
import { type About, aboutOf } from '../about.ts'
import { type Writable, writableBy } from '../choices.ts'
import { deleteDraft, type Draft, listDrafts, MOST_DRAFTS, newDraft } from '../draft.ts'
import { Fieldset, Labelled } from '../fields/group.tsx'
import { agenciesOf, profileOf } from '../forms.ts'
import { closeDraft } from '../open-draft.ts'
import { ErrorSummary, type Faulty } from './error-summary.tsx'

type Drafts = readonly { readonly id: string; readonly draft: Draft }[]

/** What to write, and to whom, in a new case or in that of a message (`id`); and the drafts that are on this device. */
export function Start({ session, params, go }: ScreenProps) {
  const { language, words } = useLanguage()
  const say = words(writing)
  const { id } = params
  const [all, setAll] = useState<readonly Writable[]>()
  const [drafts, setDrafts] = useState<Drafts>([])
  const [about, setAbout] = useState<About>()
  const [type, setType] = useState('')
  const [to, setTo] = useState('')
  const [tries, setTries] = useState(0)
  const [deleting, setDeleting] = useState('')

  const readDrafts = async (): Promise<void> => setDrafts(await listDrafts(session))
  useEffect(() => {
    const read = async (): Promise<void> => {
      const message = id === undefined ? undefined : await aboutOf(session, id)
      setAbout(message)
      const [agencies, profile, { pathwayTable }] = await Promise.all([
        agenciesOf(session),
        profileOf(session),
        import('../published.ts'),
      ])
      setAll(writableBy(pathwayTable.rows, agencies, session.agency, profile, message !== undefined))
    }
    void read()
    void readDrafts()
  }, [session, id])

  const chosen = all?.find((one) => one.type === type)
  const recipients = chosen?.to ?? []
  // Where there is one alone, nobody is asked.
  const recipient =
    recipients.length === 1 ? (recipients[0]?.id ?? '') : recipients.some(({ id }) => id === to) ? to : ''
  const isFull = drafts.length >= MOST_DRAFTS
  const faults: readonly Faulty[] = [
    ...(chosen === undefined ? [{ id: 'what', text: say.start.chooseWhat }] : []),
    ...(chosen !== undefined && recipient === '' ? [{ id: 'who', text: say.start.chooseWho }] : []),
    ...(isFull ? [{ id: 'drafts', text: say.start.tooMany(MOST_DRAFTS) }] : []),
  ]
  const begin = async (): Promise<void> => {
    if (faults.length > 0) return setTries(tries + 1)
    go(`/write/${await newDraft(session, { type, to: recipient, language, about, caseId: about?.caseId })}`)
  }
  const remove = async (id: string): Promise<void> => {
    closeDraft(session, id)
    await deleteDraft(session, id)
    setDeleting('')
    await readDrafts()
  }
  const titleOf = (of: string): string => all?.find((one) => one.type === of)?.title[language] ?? of
  const when = (at: string): string =>
    new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', { dateStyle: 'long', timeStyle: 'short' }).format(
      new Date(at),
    )
  const fault = (id: string): string | undefined => (tries > 0 ? faults.find((one) => one.id === id)?.text : undefined)

  return (
    <>
      {tries > 0 && faults.length > 0 && (
        <ErrorSummary key={`summary-${tries}`} title={say.faults.summary} faults={faults} />
      )}
      <h1 key="title" class="govuk-heading-l">
        {say.start.title}
      </h1>
      <p class="govuk-body">{say.start.lead}</p>
      {drafts.length > 0 && (
        <section aria-labelledby="drafts">
          <h2 id="drafts" class="govuk-heading-m">
            {say.start.drafts}
          </h2>
          <ul class="govuk-list desk-drafts">
            {drafts.map(({ id, draft }) => (
              <li key={id} class="desk-item">
                <a class="govuk-link" href={`#/write/${id}`}>
                  {titleOf(draft.type)}
                </a>
                <p class="govuk-hint">{say.start.changed(when(draft.progress.changedAt))}</p>
                {deleting === id ? (
                  <div role="group" aria-label={say.start.removeSure}>
                    <p class="govuk-body">{say.start.removeSure}</p>
                    <button
                      type="button"
                      class="govuk-button govuk-button--warning desk-thumb"
                      onClick={() => void remove(id)}
                    >
                      {say.start.remove}
                    </button>{' '}
                    <button
                      type="button"
                      class="govuk-button govuk-button--secondary desk-thumb"
                      onClick={() => setDeleting('')}
                    >
                      {say.start.keep}
                    </button>
                  </div>
                ) : (
                  <button
                    type="button"
                    class="govuk-button govuk-button--secondary desk-thumb"
                    onClick={() => setDeleting(id)}
                  >
                    {say.start.remove}
                    <span class="govuk-visually-hidden"> {titleOf(draft.type)}</span>
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {all === undefined && <p class="govuk-body">{say.opening}</p>}
      {all?.length === 0 && <p class="govuk-inset-text">{say.start.noDirectory}</p>}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void begin()
        }}
      >
        <Fieldset id="what" label={say.start.what} fault={fault('what')}>
          <div class="govuk-radios">
            {(all ?? []).map((one) => (
              <div key={one.type} class="govuk-radios__item">
                <input
                  id={`what-${one.type}`}
                  class="govuk-radios__input"
                  type="radio"
                  name="what"
                  value={one.type}
                  checked={type === one.type}
                  aria-describedby={`what-${one.type}-says`}
                  onChange={() => setType(one.type)}
                />
                <label class="govuk-label govuk-radios__label" for={`what-${one.type}`}>
                  {one.title[language]}
                </label>
                <div id={`what-${one.type}-says`} class="govuk-hint govuk-radios__hint">
                  {one.says[language]}
                </div>
              </div>
            ))}
          </div>
        </Fieldset>
        {recipients.length > 1 && (
          <Labelled id="who" label={say.start.who} fault={fault('who')}>
            <select
              id="who"
              class="govuk-select"
              value={recipient}
              onChange={({ currentTarget }) => setTo(currentTarget.value)}
            >
              <option value="">{say.choose}</option>
              {recipients.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name[language]}
                </option>
              ))}
            </select>
          </Labelled>
        )}
        {recipients.length === 1 && (
          <p class="govuk-body">
            {say.checking.to} <strong>{recipients[0]?.name[language]}</strong>
          </p>
        )}
        <p class="govuk-hint">{about === undefined ? say.start.caseOpen : say.start.caseGoesOn}</p>
        <button type="submit" class="govuk-button">
          {say.start.begin}
        </button>
      </form>
    </>
  )
}
