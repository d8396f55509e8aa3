import { useEffect } from 'preact/hooks'
import { isDue } from './covering.ts'

const LOOK_MS = 1_000
const INPUTS = ['pointerdown', 'keydown', 'input', 'wheel', 'touchstart'] as const

/**
 * Calls `cover` when nobody has typed or touched anything for five minutes, in a tab that is hidden too: it is looked at once a second, and, as
 * browsers let hidden pages sleep, before a page is shown again. While it is hidden, nothing is to be seen of it, as in a list of open windows.
 */
export function useCover(isOpen: boolean, now: () => Date, cover: () => Promise<void>): void {
  useEffect(() => {
    if (!isOpen) return undefined
    let last = now()
    const ending = new AbortController()
    const look = (): void => {
      if (isDue(last, now())) void cover()
    }
    const options = { signal: ending.signal, passive: true, capture: true }
    for (const input of INPUTS)
      addEventListener(
        input,
        () => {
          look()
          last = now()
        },
        options,
      )
    document.addEventListener(
      'visibilitychange',
      () => {
        look()
        hide(document.visibilityState === 'hidden')
      },
      options,
    )
    const timer = setInterval(look, LOOK_MS)
    return () => {
      ending.abort()
      clearInterval(timer)
      hide(false)
    }
  }, [isOpen, now, cover])
}

/** Puts a blank over the page, under which everything stays as it is. */
export function hide(away: boolean): void {
  document.documentElement.classList.toggle('desk-away', away)
}
