import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { deleteDatabase } from '../vault/database.ts'
import type { Bytes } from '../vault/bytes.ts'
import { keys } from '../words/keys.ts'
import { shell } from '../words/shell.ts'
import type { Language } from '../words/words.ts'
import { openSavers } from './covering.ts'
import { DeskContext } from './desk.ts'
import { FaultPage } from './fault-page.tsx'
import { FirstScreen } from './first-screen.tsx'
import { Frame } from './frame.tsx'
import { dateOf, firstLanguage, keepLanguage, LanguageContext, type Speaking } from './language.ts'
import { LockScreen } from './lock-screen.tsx'
import { forgetSetUp, openDevice, openSession, type Phase, sessionOf } from './opening.ts'
import { type Mishap, useMishap } from './mishap.ts'
import { Screens } from './screens.tsx'
import { useTitle } from './title.ts'
import { hide, useCover } from './use-cover.ts'
import { useWorker, type Worker } from './worker.ts'

const now = (): Date => new Date()
/** As the gateway says it to systems (protocol section 1). */
const WARN_BEFORE_MS = 30 * 24 * 3_600_000

type Told = {
  readonly phase: Phase
  readonly worker: Worker
  readonly mishap: Mishap | undefined
  readonly language: Language
}

/** What whoever works at the desk has to know, on whatever screen. */
function noticesOf({ phase, worker, mishap, language }: Told): readonly string[] {
  const told = mishap === undefined ? [] : [shell[language].mishaps[mishap]]
  if (phase.at !== 'open') return told
  const { trouble, until } = phase
  return [
    ...told,
    ...(until !== undefined && until.getTime() < now().getTime() + WARN_BEFORE_MS
      ? [shell[language].expires(dateOf(until, language))]
      : []),
    ...(trouble === undefined ? [] : [keys[language].trouble[trouble]]),
    ...(worker.isNewer ? [shell[language].newVersion] : []),
  ]
}

/** The whole desk: what is shown depends on where it stands. */
export function App() {
  const [language, setLanguage] = useState(firstLanguage)
  const [phase, setPhase] = useState<Phase>({ at: 'opening' })
  const [status, announce] = useState('')
  const savers = useMemo(openSavers, [])
  const worker = useWorker()
  const mishap = useMishap()
  const session = phase.at === 'open' ? phase.session : undefined

  const speaking = useMemo<Speaking>(
    () => ({
      language,
      words: (table) => table[language],
      choose(chosen: Language) {
        keepLanguage(chosen)
        setLanguage(chosen)
      },
    }),
    [language],
  )
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])

  useTitle(phase, language)

  const begin = useCallback(async () => setPhase(await openDevice()), [])
  useEffect(() => void begin(), [begin])

  const covering = useRef(false)
  const cover = useCallback(async () => {
    if (session === undefined || covering.current) return
    covering.current = true
    hide(true)
    try {
      await savers.saveAll()
      session.vault.lock()
      setPhase(await openDevice())
      worker.takeOver()
    } finally {
      covering.current = false
      hide(false)
    }
  }, [session, savers, worker])
  useCover(session !== undefined, now, cover)

  const giveUp = useCallback(async () => {
    if (phase.at === 'open') phase.session.vault.lock()
    if ('database' in phase) await deleteDatabase(phase.database)
    forgetSetUp()
    await worker.giveUp()
    location.hash = '#/'
    location.reload()
  }, [phase, worker])

  const open = async (secret: Bytes): Promise<void> => {
    if (phase.at === 'first' || phase.at === 'locked')
      setPhase(await openSession(secret, { database: phase.database, savers, now }))
  }
  const renew = useCallback(async () => {
    if (phase.at !== 'open') return
    const { vault, agency: id } = phase.session
    setPhase(await sessionOf(vault, { id, until: phase.until }, { database: phase.database, savers, now }))
  }, [phase, savers])

  const desk = useMemo(
    () => (phase.at === 'open' ? { database: phase.database, announce, cover, renew, giveUp } : undefined),
    [phase, cover, renew, giveUp],
  )
  const say = shell[language]
  return (
    <LanguageContext.Provider value={speaking}>
      <DeskContext.Provider value={desk}>
        <Frame
          {...(session && { agency: session.agency, onCover: () => void cover() })}
          status={status}
          notices={noticesOf({ phase, worker, mishap, language })}
        >
          {phase.at === 'opening' && <p class="govuk-body">{say.opening}</p>}
          {phase.at === 'fault' && <FaultPage fault={phase.fault} onAgain={() => void begin()} />}
          {phase.at === 'first' && <FirstScreen {...phase} onOpen={open} />}
          {phase.at === 'locked' && <LockScreen {...phase} now={now} onOpen={open} onGiveUp={giveUp} />}
          {phase.at === 'open' && <Screens session={phase.session} />}
        </Frame>
      </DeskContext.Provider>
    </LanguageContext.Provider>
  )
}
