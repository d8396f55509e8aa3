import { useEffect, useState } from 'preact/hooks'
import { pathOf, pointerOf, templateOf } from '../../../sdk/forms/pointer.ts'
import { screensOf } from '../../../sdk/forms/screens.ts'
import { useLanguage } from '../../shell/language.ts'
import type { ScreenProps } from '../../shell/routes.ts'
import { writing } from '../../words/writing.ts'
import { idOf, WritingContext } from '../fields/context.ts'
import { Place } from '../fields/place.tsx'
import { toMend } from '../faulty.ts'
import type { OpenDraft } from '../open-draft.ts'
import { usePictures } from '../pictures/use-pictures.ts'
import { useDraft, useHeading } from '../use-draft.ts'
import { useLooks } from '../use-looks.ts'
import { ErrorSummary, focusField } from './error-summary.tsx'
import { PicturesPart } from './pictures-part.tsx'
import { Looks } from './looks.tsx'
import { Aside, Banner, NobodyKnows } from './say-more.tsx'

/** One question of a draft: `/write/<draft>` goes on where it stood, `/write/<draft>/<number>` at a question. */
export function Question(props: ScreenProps) {
  const { session, params, go } = props
  const say = useLanguage().words(writing)
  const open = useDraft(session, params['draft'] ?? '')
  if (open === 'gone')
    return (
      <>
        <h1 class="govuk-heading-l">{say.gone}</h1>
        <p class="govuk-body">
          {say.goneDoes}{' '}
          <a class="govuk-link" href="#/write">
            {say.start.title}
          </a>
        </p>
      </>
    )
  if (open === undefined) return <h1 class="govuk-heading-l">{say.opening}</h1>
  return <Asking {...props} open={open} go={go} />
}

/** Where a fault that was followed from another page is: the field takes the focus. */
const wanted = new WeakMap<OpenDraft, string>()
/** Has the field of an id take the focus on the next page. */
export const wantField = (open: OpenDraft, id: string): void => void wanted.set(open, id)

function Asking({ session, params, go, open }: ScreenProps & { readonly open: OpenDraft }) {
  useHeading()
  const { language, words } = useLanguage()
  const say = words(writing)
  const draft = open.draft()
  const screens = screensOf(open.form, draft.progress.body)
  const main = screens.filter(({ line }) => line === 'main')
  const step = Math.min(Number(params['step'] ?? draft.progress.step) || 0, screens.length - 1)
  const screen = screens[step]
  const [asked, setAsked] = useState(0)
  const [pictures, readPictures] = usePictures(session, draft.attachments)
  const { looks, agencies } = useLooks(session, open, pictures)

  useEffect(() => {
    if (draft.progress.step !== step) open.change({}, { step })
    const field = wanted.get(open)
    wanted.delete(open)
    if (field !== undefined) setTimeout(() => focusField(field))
  }, [open, step])
  if (screen === undefined) return <h1 class="govuk-heading-l">{say.gone}</h1>

  const all = toMend(open, screens, language, say.faults).filter((fault) => fault.screen === screen)
  const wrong = all.filter(({ isMissing }) => !isMissing)
  // What has not been answered is told at its field to whoever comes back to it; what is wrong, to whoever goes on.
  const shown = params['step'] !== undefined && open.isChecked ? all : asked > 0 ? wrong : []
  const isLast = screen.line !== 'main' || step === main.length - 1
  const onwards = (): void => {
    void open.keep()
    if (wrong.length > 0 && asked === 0) return setAsked(asked + 1)
    go(open.isChecked || isLast ? `/write/${open.id}/check` : `/write/${open.id}/${step + 1}`)
  }
  const back =
    step === 0 || screen.line !== 'main'
      ? open.isChecked
        ? `/write/${open.id}/check`
        : '/write'
      : `/write/${open.id}/${step - 1}`

  return (
    <WritingContext.Provider
      value={{ open, agencies, pictures, Place, faults: new Map(shown.map(({ at, text }) => [pointerOf(at), text])) }}
    >
      <a key="back" class="govuk-back-link" href={`#${back}`}>
        {say.back}
      </a>
      {asked > 0 && wrong.length > 0 && (
        <ErrorSummary
          key={`summary-${asked}`}
          title={say.faults.summary}
          faults={wrong.map(({ at, text }) => ({ id: idOf(at), text }))}
        />
      )}
      {screen.banner !== undefined && <Banner banner={screen.banner} />}
      {screen.line === 'main' && (
        <p key="progress" class="govuk-caption-l">
          {say.progress(step + 1, main.length)}
        </p>
      )}
      <h1 key="title" class="govuk-heading-l">
        {screen.ask[language]}
      </h1>
      {screen.help !== undefined && (screen.members.length !== 1 || screen.members[0]?.ask !== undefined) && (
        <p class="govuk-hint">{screen.help[language]}</p>
      )}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          onwards()
        }}
      >
        {screen.members
          .filter(({ at }) => screen.pictures !== true || at !== '/attachmentsUsed')
          .map((member) => (
            <div key={member.at}>
              <Place
                at={pathOf(member.at)}
                asked={member}
                isSaid={screen.members.length === 1 && member.ask === undefined}
              />
              <NobodyKnows at={pathOf(member.at)} />
              <Looks looks={looks.filter(({ at }) => `${templateOf(at)}/`.startsWith(`${member.at}/`))} />
            </div>
          ))}
        {screen.pictures === true && <PicturesPart session={session} onChange={readPictures} />}
        {screen.aside !== undefined && <Aside aside={screen.aside} label={screen.ask[language]} />}
        <div class="govuk-button-group">
          <button id="onwards" type="submit" class="govuk-button">
            {open.isChecked || isLast ? say.check : say.next}
          </button>
          {!isLast && !open.isChecked && (
            <a class="govuk-link" href={`#/write/${open.id}/check`}>
              {say.check}
            </a>
          )}
        </div>
        <p
          class={open.hasFailed ? 'govuk-error-message' : 'govuk-hint'}
          role={open.hasFailed ? 'alert' : undefined}
          data-kept={open.isKept()}
        >
          {open.hasFailed ? say.notKept : say.kept}
        </p>
      </form>
    </WritingContext.Provider>
  )
}
