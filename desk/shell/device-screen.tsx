import { useEffect, useState } from 'preact/hooks'
import { type Identity, readIdentity } from '../keys/identity.ts'
import { shell } from '../words/shell.ts'
import { ChangeLock } from './change-lock.tsx'
import { useDesk } from './desk.ts'
import { GiveUp } from './give-up.tsx'
import { useLanguage } from './language.ts'
import type { ScreenProps } from './routes.ts'
import { digestOfBuild } from './worker.ts'

/** The lock of this device, whether the browser keeps its data, which desk it is, and how to give it up. */
export function DeviceScreen({ session }: ScreenProps) {
  const { device: say, giveUp } = useLanguage().words(shell)
  const { giveUp: doGiveUp } = useDesk()
  const [identity, setIdentity] = useState<Identity>()
  const [persisted, setPersisted] = useState<boolean>()
  const [build, setBuild] = useState<string>()
  useEffect(() => {
    void readIdentity(session).then(setIdentity)
    void navigator.storage.persisted().then(setPersisted)
    void digestOfBuild().then(setBuild)
  }, [session])
  return (
    <>
      <h1 class="govuk-heading-l">{say.title}</h1>
      <h2 class="govuk-heading-m">{say.lock}</h2>
      <ChangeLock now={session.now} />
      <h2 class="govuk-heading-m">{say.kept}</h2>
      {persisted === true && <p class="govuk-body">{say.persisted}</p>}
      {persisted === false && (
        <>
          <p class="govuk-body">{say.notPersisted}</p>
          <button
            type="button"
            class="govuk-button govuk-button--secondary"
            onClick={() => void navigator.storage.persist().then(setPersisted)}
          >
            {say.ask}
          </button>
        </>
      )}
      <h2 class="govuk-heading-m">{say.build}</h2>
      <p class="govuk-body">{say.buildLead}</p>
      <p class="govuk-body">
        <code class="desk-code desk-build">{build ?? say.noBuild}</code>
      </p>
      <h2 class="govuk-heading-m">{giveUp.title}</h2>
      <GiveUp thumbprint={identity?.certificate?.thumbprint} onGiveUp={doGiveUp} />
    </>
  )
}
