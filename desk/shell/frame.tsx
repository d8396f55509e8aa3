import type { ComponentChildren } from 'preact'
import { shell } from '../words/shell.ts'
import { useLanguage } from './language.ts'

type FrameProps = {
  /** Absent while the desk is not open. */
  readonly agency?: string
  readonly onCover?: () => void
  readonly status: string
  readonly notices: readonly string[]
  readonly children: ComponentChildren
}

/** What stands around all screens. */
export function Frame({ agency, onCover, status, notices, children }: FrameProps) {
  const { language, words, choose } = useLanguage()
  const say = words(shell)
  const other = language === 'en' ? 'fr' : 'en'
  return (
    <>
      <a href="#main" class="govuk-skip-link" onClick={skip}>
        {say.skip}
      </a>
      <header class="desk-header">
        <div class="govuk-width-container desk-header__row">
          <a class="desk-header__name" href="#/">
            {say.service}
          </a>
          {agency !== undefined && <p class="desk-header__agency">{say.signsFor(agency)}</p>}
          <div class="desk-header__acts">
            <button type="button" class="desk-header__act" lang={other} onClick={() => choose(other)}>
              {say.otherLanguage}
            </button>
            {onCover !== undefined && (
              <button type="button" class="desk-header__act" onClick={onCover}>
                {say.cover}
              </button>
            )}
          </div>
        </div>
      </header>
      {agency !== undefined && (
        <nav class="govuk-width-container desk-nav" aria-label={say.menu}>
          <a class="govuk-link" href="#/">
            {say.home}
          </a>
          <a class="govuk-link" href="#/write">
            {say.write}
          </a>
          <a class="govuk-link" href="#/keys">
            {say.signingKey}
          </a>
          <a class="govuk-link" href="#/device">
            {say.lockAndDevice}
          </a>
        </nav>
      )}
      <div class="govuk-width-container">
        {notices.map((notice) => (
          <p key={notice} class="govuk-inset-text">
            {notice}
          </p>
        ))}
        <main id="main" class="govuk-main-wrapper" tabIndex={-1}>
          {children}
        </main>
      </div>
      <div class="govuk-visually-hidden" role="status">
        {status}
      </div>
    </>
  )
}

/** The fragment is the screen's: the link moves the focus, and not the address. */
function skip(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('#main')?.focus()
}
