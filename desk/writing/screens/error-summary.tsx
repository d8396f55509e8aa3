import { useEffect, useRef } from 'preact/hooks'

export type Faulty = { readonly id: string; readonly text: string; readonly onGo?: (() => void) | undefined }

/** What is wrong on a page, above all else, with a way to each field (GOV.UK, error summary). It takes the focus when it comes. */
export function ErrorSummary({ title, faults }: { readonly title: string; readonly faults: readonly Faulty[] }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.focus(), [])
  return (
    <div ref={place} class="govuk-error-summary" tabIndex={-1} role="alert" aria-labelledby="error-summary-title">
      <h2 id="error-summary-title" class="govuk-error-summary__title">
        {title}
      </h2>
      <ul class="govuk-list govuk-error-summary__list">
        {faults.map(({ id, text, onGo }) => (
          <li key={id}>
            <a
              href={location.hash}
              onClick={(event) => {
                event.preventDefault()
                if (onGo === undefined) focusField(id)
                else onGo()
              }}
            >
              {text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Goes to a field, unfolding what hides it; where the place is a group, to its first field. */
export function focusField(id: string): void {
  const found =
    document.querySelector<HTMLElement>(`#${CSS.escape(id)}`) ??
    document.querySelector<HTMLElement>(`:is(input,select,textarea)[id^="${CSS.escape(id)}-"]`)
  if (found === null) return
  for (let above: Element | null = found; above !== null; above = above.parentElement)
    if (above instanceof HTMLDetailsElement) above.open = true
  const field = found.matches('input,select,textarea')
    ? found
    : found.querySelector<HTMLElement>('input,select,textarea')
  ;(field ?? found).focus()
}
