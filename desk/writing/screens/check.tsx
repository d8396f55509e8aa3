import { useEffect, useState } from 'preact/hooks'
import { type Path, pointerOf } from '../../../sdk/forms/pointer.ts'
import { mendedAt, type Screen, screensOf } from '../../../sdk/forms/screens.ts'
import { spotOf, wordsAt } from '../../../sdk/forms/spot.ts'
import { useLanguage } from '../../shell/language.ts'
import type { ScreenProps } from '../../shell/routes.ts'
import { writing } from '../../words/writing.ts'
import type { Priority } from '../draft.ts'
import { toMend } from '../faulty.ts'
import { idOf } from '../fields/context.ts'
import { Fieldset } from '../fields/group.tsx'
import { Radios } from '../fields/choice-field.tsx'
import { finished } from '../finishing.ts'
import { closeDraft, type OpenDraft } from '../open-draft.ts'
import { usePictures } from '../pictures/use-pictures.ts'
import { useDraft, useHeading } from '../use-draft.ts'
import { useLooks } from '../use-looks.ts'
import { ErrorSummary } from './error-summary.tsx'
import { wantField } from './question.tsx'
import { Row } from './summary-row.tsx'

const PRIORITIES = ['immediate', 'urgent', 'routine'] as const

/** All answers of a draft, each with a way back to it; then it is handed over to be sent. */
export function Check(props: ScreenProps) {
  const say = useLanguage().words(writing)
  const open = useDraft(props.session, props.params['draft'] ?? '')
  if (open === 'gone') return <h1 class="govuk-heading-l">{say.gone}</h1>
  if (open === undefined) return <h1 class="govuk-heading-l">{say.opening}</h1>
  return <Checking {...props} open={open} />
}

function Checking({ session, go, open }: ScreenProps & { readonly open: OpenDraft }) {
  useHeading()
  const { language, words } = useLanguage()
  const say = words(writing)
  const draft = open.draft()
  const { form } = open
  const body = finished(form, draft.progress)
  // As the questions count them: of the body that is being written.
  const screens = screensOf(form, draft.progress.body)
  const [pictures] = usePictures(session, draft.attachments)
  const { looks, agencies } = useLooks(session, open, pictures)
  const [tries, setTries] = useState(0)

  useEffect(() => {
    open.isChecked = true
    void open.keep()
  }, [open])

  const ready = { ...draft, body }
  const untold = looks.filter(({ holdsBack }) => holdsBack)
  const faults = toMend({ ...open, draft: () => ready }, screens, language, say.faults)
  const named = agencies.find(({ id }) => id === draft.to)?.name[language] ?? draft.to
  const goTo = (screen: Screen, at?: Path): void => {
    if (at !== undefined) wantField(open, idOf(at))
    go(`/write/${open.id}/${screens.indexOf(screen)}`)
  }
  const toLead = [
    ...faults.map(({ at, text, screen }) => ({ id: pointerOf(at), text, onGo: () => goTo(screen, at) })),
    ...untold.flatMap(({ at, text }) => {
      const found = mendedAt(screens, { at, text, keyword: 'disclosure' })
      return found === undefined
        ? []
        : [
            {
              id: `untold-${pointerOf(at)}`,
              text: `${say.checking.untold} (${text[language]})`,
              onGo: () => goTo(found.screen, at),
            },
          ]
    }),
  ]
  const handOver = async (): Promise<void> => {
    if (toLead.length > 0) return setTries(tries + 1)
    await open.keep()
    // From here on sending has it: whoever comes back finds what the vault has.
    closeDraft(session, open.id)
    go(`/send/${open.id}`)
  }
  const typing = { now: session.now(), phones: open.phones, countries: open.countries }
  const placed = looks.map((look) => ({ look, screen: mendedAt(screens, { ...look, keyword: '' })?.screen }))
  const rows = (line: Screen['line']) =>
    screens
      .filter((screen) => screen.line === line)
      .map((screen) => (
        <Row
          key={screen.id}
          {...{ form, body, screen, language, typing, faults, say }}
          looks={placed.filter((one) => one.screen === screen).map(({ look }) => look)}
          asides={draft.progress.asides}
          pictures={pictures.length}
          onChange={() => goTo(screen)}
        />
      ))
  const title = wordsAt(spotOf(form.release, [form.root], body)).title

  return (
    <>
      <a
        key="back"
        class="govuk-back-link"
        href={`#/write/${open.id}/${Math.max(0, screens.filter(({ line }) => line === 'main').length - 1)}`}
      >
        {say.back}
      </a>
      {tries > 0 && toLead.length > 0 && (
        <ErrorSummary key={`summary-${tries}`} title={say.checking.faults(toLead.length)} faults={toLead} />
      )}
      <h1 key="title" class="govuk-heading-l">
        {say.checking.title}
      </h1>
      <p class="govuk-body">{say.checking.lead}</p>
      <dl class="govuk-summary-list">
        <Said term={say.checking.what} says={title?.[language] ?? draft.type} />
        <Said term={say.checking.to} says={named} />
        {draft.caseId !== undefined && <Said term={say.checking.caseTerm} says={say.checking.case} />}
      </dl>
      <Fieldset id="priority" label={say.checking.priority}>
        <Radios
          id="priority-choice"
          value={draft.priority}
          choices={PRIORITIES.map((code) => ({
            code,
            value: code,
            text: { en: writing.en.checking.priorities[code], fr: writing.fr.checking.priorities[code] },
          }))}
          onChoose={(code) => open.change({ priority: code as Priority }, { isPriorityChosen: true })}
        />
      </Fieldset>
      <dl class="govuk-summary-list">{rows('main')}</dl>
      <details class="govuk-details">
        <summary class="govuk-details__summary">
          <span class="govuk-details__summary-text">{say.checking.more}</span>
        </summary>
        <dl class="govuk-summary-list">{rows('more')}</dl>
      </details>
      <details class="govuk-details">
        <summary class="govuk-details__summary">
          <span class="govuk-details__summary-text">{say.checking.folded}</span>
        </summary>
        <dl class="govuk-summary-list">{rows('folded')}</dl>
      </details>
      <button type="button" class="govuk-button" onClick={() => void handOver()}>
        {say.checking.continue}
      </button>
      <p class="govuk-hint">{say.checking.anyway}</p>
    </>
  )
}

function Said({ term, says }: { readonly term: string; readonly says: string }) {
  return (
    <div class="govuk-summary-list__row">
      <dt class="govuk-summary-list__key">{term}</dt>
      <dd class="govuk-summary-list__value">{says}</dd>
    </div>
  )
}
