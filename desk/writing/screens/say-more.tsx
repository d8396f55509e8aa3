import type { Path } from '../../../sdk/forms/pointer.ts'
import { useLanguage } from '../../shell/language.ts'
import { writing } from '../../words/writing.ts'
import { idOf, useForm } from '../fields/context.ts'
import { isUnknown, unknowable } from '../open-draft.ts'
import type { ScreenProfile } from '../../../sdk/forms/profile.ts'

/** «Nobody knows», right beside what is asked, where the schema has a place for it. */
export function NobodyKnows({ at }: { readonly at: Path }) {
  const { open } = useForm()
  const say = useLanguage().words(writing)
  const { form } = open
  const { body } = open.draft().progress
  const place = unknowable(form, body, at)
  if (place === undefined) return null
  const id = `${idOf(place)}-unknown`
  return (
    <div class="govuk-checkboxes govuk-checkboxes--small govuk-form-group">
      <div class="govuk-checkboxes__item">
        <input
          id={id}
          class="govuk-checkboxes__input"
          type="checkbox"
          checked={isUnknown(form, body, place)}
          onChange={({ currentTarget }) => open.nobodyKnows(place, currentTarget.checked)}
        />
        <label class="govuk-label govuk-checkboxes__label" for={id}>
          {say.nobodyKnows}
        </label>
      </div>
    </div>
  )
}

/** Where to ring before anything is written. */
export function Banner({ banner }: { readonly banner: NonNullable<ScreenProfile['banner']> }) {
  const { language } = useLanguage()
  return (
    <div class="govuk-notification-banner desk-banner" role="region" aria-labelledby="banner-title">
      <div class="govuk-notification-banner__header">
        <h2 class="govuk-notification-banner__title" id="banner-title">
          {banner.title[language]}
        </h2>
      </div>
      <div class="govuk-notification-banner__content">
        {banner.lines.map((line) => (
          <p key={line.en} class="govuk-body">
            {line[language]}
          </p>
        ))}
      </div>
    </div>
  )
}

/** A text of its own, which goes under its heading into another. */
export function Aside({
  aside,
  label,
}: {
  readonly aside: NonNullable<ScreenProfile['aside']>
  readonly label: string
}) {
  const { open } = useForm()
  const { asides } = open.draft().progress
  return (
    <div class="govuk-form-group">
      <label class="govuk-label govuk-visually-hidden" for={`aside-${aside.id}`}>
        {label}
      </label>
      <textarea
        id={`aside-${aside.id}`}
        class="govuk-textarea"
        rows={5}
        dir="auto"
        maxLength={2_000}
        value={asides[aside.id] ?? ''}
        onInput={({ currentTarget }) => open.change({}, { asides: { ...asides, [aside.id]: currentTarget.value } })}
      />
    </div>
  )
}
