import { useEffect, useState } from 'preact/hooks'
import type { Session } from '../shell/session.ts'
import { openDraft, openedDraft, type OpenDraft } from './open-draft.ts'

/** Gives a draft and shows it anew whenever it changes; `gone` where it is not on this device, undefined while it is opened. */
export function useDraft(session: Session, id: string): OpenDraft | 'gone' | undefined {
  const [found, setFound] = useState<OpenDraft | 'gone' | undefined>(() => openedDraft(session, id))
  const [, count] = useState(0)
  useEffect(() => {
    let isHere = true
    if (found === undefined) void openDraft(session, id).then((opened) => isHere && setFound(opened ?? 'gone'))
    return () => {
      isHere = false
    }
  }, [session, id, found])
  useEffect(() => {
    if (found === undefined || found === 'gone') return undefined
    const unsubscribe = found.subscribe(() => count((before) => before + 1))
    const uncover = session.onCover(() => found.keep())
    const flush = (): void => void found.keep()
    const hidden = (): void => {
      if (document.visibilityState === 'hidden') flush()
    }
    addEventListener('pagehide', flush)
    document.addEventListener('visibilitychange', hidden)
    return () => {
      unsubscribe()
      uncover()
      removeEventListener('pagehide', flush)
      document.removeEventListener('visibilitychange', hidden)
      flush()
    }
  }, [session, found])
  return found
}

/** Goes to the heading of a page that came after its first moment, where nobody has gone elsewhere meanwhile. */
export function useHeading(): void {
  useEffect(() => {
    if (document.activeElement !== document.body) return
    const heading = document.querySelector('h1')
    heading?.setAttribute('tabindex', '-1')
    heading?.focus()
  }, [])
}
