import type { Body, Form } from '../../../sdk/forms/form.ts'
import { pathOf } from '../../../sdk/forms/pointer.ts'
import type { Screen } from '../../../sdk/forms/screens.ts'
import type { Typing } from '../../../sdk/forms/typed/values.ts'
import type { writing } from '../../words/writing.ts'
import type { ToMend } from '../faulty.ts'
import type { Look } from '../looking.ts'
import { isUnknown, unknowable } from '../open-draft.ts'
import { linesAt } from '../saying.ts'
import { Looks } from './looks.tsx'

type RowProps = {
  readonly form: Form
  readonly body: Body
  readonly screen: Screen
  readonly language: 'en' | 'fr'
  readonly typing: Typing
  readonly looks: readonly Look[]
  readonly faults: readonly ToMend[]
  readonly say: (typeof writing)['en']
  readonly asides: Readonly<Record<string, string>>
  readonly pictures: number
  readonly onChange: () => void
}

/** One screen's answers, what to look at again beside them, and the way back to it (GOV.UK, summary list). */
export function Row({
  form,
  body,
  screen,
  language,
  typing,
  looks,
  faults,
  say,
  asides,
  pictures,
  onChange,
}: RowProps) {
  const title = screen.ask[language]
  const members = screen.pictures === true ? [] : screen.members
  const lines = members.flatMap((asked) => {
    const found = linesAt(form, body, asked, language, typing)
    const own = screen.members.length > 1 ? asked.ask?.[language] : undefined
    return found.map(({ label, says }) => ({ says, label: [own, label].filter(Boolean).join(' · ') }))
  })
  const aside = screen.aside === undefined ? undefined : asides[screen.aside.id]
  const missing = faults.filter((fault) => fault.screen === screen)
  const isNotKnown = members.some(({ at }) => {
    const place = unknowable(form, body, pathOf(at))
    return place !== undefined && isUnknown(form, body, place)
  })
  const isEmpty =
    lines.length === 0 && !isNotKnown && (aside ?? '') === '' && (screen.pictures !== true || pictures === 0)
  return (
    <div class="govuk-summary-list__row">
      <dt class="govuk-summary-list__key">{title}</dt>
      <dd class="govuk-summary-list__value">
        {lines.map(({ label, says }, place) => (
          <p key={place} class="desk-answer">
            {label !== '' && <span class="govuk-hint desk-label">{label}</span>}
            <span dir="auto">{says}</span>
          </p>
        ))}
        {isNotKnown && <p class="desk-answer">{say.nobodyKnows}</p>}
        {aside !== undefined && aside !== '' && <p dir="auto">{aside}</p>}
        {screen.pictures === true && pictures > 0 && <p>{say.pictures.count(pictures)}</p>}
        {isEmpty && <span class="govuk-hint">{say.notAnswered}</span>}
        {missing.map(({ text }) => (
          <p key={text} class="govuk-error-message">
            {text}
          </p>
        ))}
        <Looks looks={looks} />
      </dd>
      <dd class="govuk-summary-list__actions">
        <button type="button" class="govuk-link desk-link" onClick={onChange}>
          {say.checking.change}
          <span class="govuk-visually-hidden"> ({title})</span>
        </button>
      </dd>
    </div>
  )
}
