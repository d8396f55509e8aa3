import { useEffect, useRef } from 'preact/hooks'
import { shell } from '../words/shell.ts'
import type { Language } from '../words/words.ts'
import type { Phase } from './opening.ts'

/** Names the page by where the desk stands, and moves the focus to its heading when that changes; an open desk's screens do so themselves. */
export function useTitle(phase: Phase, language: Language): void {
  const before = useRef<Phase['at']>('opening')
  useEffect(() => {
    if (phase.at === 'open') return
    const { service, ...say } = shell[language]
    const title = { opening: say.opening, first: say.first.title, locked: say.locked.title, fault: say.faults.title }
    document.title = `${title[phase.at]} · ${service}`
  }, [phase, language])
  useEffect(() => {
    // What is shown first takes the focus from nobody.
    if (before.current !== 'opening' && phase.at !== 'open' && phase.at !== before.current)
      focusHeading(document.querySelector('main'))
    before.current = phase.at
  }, [phase])
}

/** Moves the focus to the heading of a screen that is new, so that a screen reader begins there. */
export function focusHeading(place: Element | null): void {
  const heading = place?.querySelector('h1')
  heading?.setAttribute('tabindex', '-1')
  heading?.focus()
}
