import { useState } from 'preact/hooks'
import type { Bytes } from '../vault/bytes.ts'
import type { Database } from '../vault/database.ts'
import type { Lock } from '../vault/locks.ts'
import { tryDevice, tryPassphrase } from '../vault/unlocking.ts'
import { shell } from '../words/shell.ts'
import { PassphraseField } from './fields.tsx'
import { GiveUp } from './give-up.tsx'
import { useLanguage } from './language.ts'

type Props = {
  readonly database: Database
  readonly locks: readonly Lock[]
  readonly now: () => Date
  readonly onOpen: (secret: Bytes) => Promise<void>
  readonly onGiveUp: () => Promise<void>
}
type Refused = { readonly fault: 'enter' | 'wrong' | 'deviceFailed' } | { readonly wait: number }

/** Nothing is shown before it. */
export function LockScreen({ database, locks, now, onOpen, onGiveUp }: Props) {
  const say = useLanguage().words(shell)
  const [passphrase, setPassphrase] = useState('')
  const [refused, setRefused] = useState<Refused>()
  const [working, setWorking] = useState(false)
  const byPassphrase = locks.find((lock) => lock.kind === 'passphrase')
  const byDevice = locks.find((lock) => lock.kind === 'device')

  const work = async (attempt: () => Promise<Refused | undefined>): Promise<void> => {
    setWorking(true)
    setRefused(undefined)
    setRefused(await attempt())
    setWorking(false)
  }
  const unlock = (): Promise<void> =>
    work(async () => {
      if (byPassphrase === undefined || passphrase === '') return { fault: 'enter' }
      const came = await tryPassphrase(database, byPassphrase, { passphrase, now: now() })
      if (!('secret' in came)) return came
      setPassphrase('')
      await onOpen(came.secret)
      return undefined
    })
  const unlockByDevice = (): Promise<void> =>
    work(async () => {
      const secret = byDevice && (await tryDevice(byDevice))
      if (secret === undefined) return { fault: 'deviceFailed' }
      await onOpen(secret)
      return undefined
    })
  const told =
    refused && ('wait' in refused ? say.locked.wait(Math.ceil(refused.wait / 1000)) : say.locked[refused.fault])

  return (
    <>
      <h1 class="govuk-heading-l">{say.locked.title}</h1>
      <p class="govuk-body">{say.locked.lead}</p>
      {byDevice !== undefined && (
        <>
          {byPassphrase === undefined && told !== undefined && (
            <p class="govuk-error-message" role="alert">
              {told}
            </p>
          )}
          <button type="button" class="govuk-button" disabled={working} onClick={() => void unlockByDevice()}>
            {say.locked.device}
          </button>
        </>
      )}
      {byPassphrase !== undefined && (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            void unlock()
          }}
        >
          <PassphraseField
            id="passphrase"
            label={say.passphrase}
            fault={told}
            value={passphrase}
            onInput={setPassphrase}
          />
          <button type="submit" class="govuk-button" disabled={working}>
            {say.locked.unlock}
          </button>
        </form>
      )}
      <details class="govuk-details">
        <summary class="govuk-details__summary">
          <span class="govuk-details__summary-text">{say.locked.forgotten}</span>
        </summary>
        <div class="govuk-details__text">
          <p class="govuk-body">{say.locked.forgottenDoes}</p>
          <GiveUp onGiveUp={onGiveUp} />
        </div>
      </details>
    </>
  )
}
