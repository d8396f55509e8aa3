import { useEffect, useRef, useState } from 'preact/hooks'
import { shell } from '../words/shell.ts'
import { FaultPage } from './fault-page.tsx'
import { useLanguage } from './language.ts'
import { findRoute, type Found } from './router.ts'
import { type Route, routes, type Screen } from './routes.ts'
import type { Session } from './session.ts'
import { focusHeading } from './title.ts'

type Shown = {
  readonly path: string
  readonly found: Found<Route> | undefined
  readonly screen: Screen | 'not-loaded' | undefined
}

const go = (path: string): void => {
  location.hash = `#${path}`
}

/** The screen that the address names. Each has its `h1` from the first moment: the focus goes there when another screen is shown. */
export function Screens({ session }: { readonly session: Session }) {
  const { language, words } = useLanguage()
  const say = words(shell)
  const [shown, setShown] = useState<Shown>()
  const place = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let isLast = 0
    const show = async (): Promise<void> => {
      const turn = (isLast += 1)
      const path = location.hash
      const found = findRoute(path, routes)
      const screen = await found?.route.load().then(
        (loaded) => loaded.screen,
        () => 'not-loaded' as const,
      )
      if (turn === isLast) setShown({ path, found, screen })
    }
    const again = (): void => void show()
    again()
    addEventListener('hashchange', again)
    return () => {
      isLast += 1
      removeEventListener('hashchange', again)
    }
  }, [])

  // What waits goes out, whatever screen is shown.
  useEffect(() => void import('../sending/service.ts').then(({ serviceOf }) => serviceOf(session)), [session])

  const title = shown?.found?.route.title[language] ?? (shown && say.notFound)
  useEffect(() => {
    document.title = title === undefined ? say.service : `${title} · ${say.service}`
  }, [title, say])
  useEffect(() => {
    focusHeading(place.current)
    scrollTo(0, 0)
  }, [shown])

  if (shown === undefined) return <p class="govuk-body">{say.opening}</p>
  const { path, found, screen: Shows } = shown
  return (
    <div ref={place} key={path} data-path={path || '#/'}>
      {Shows === 'not-loaded' && <FaultPage fault="not-loaded" onAgain={() => location.reload()} />}
      {(found === undefined || Shows === undefined) && (
        <>
          <h1 class="govuk-heading-l">{say.notFound}</h1>
          <p class="govuk-body">
            <a class="govuk-link" href="#/">
              {say.notFoundDoes}
            </a>
          </p>
        </>
      )}
      {found !== undefined && typeof Shows === 'function' && <Shows session={session} params={found.params} go={go} />}
    </div>
  )
}
