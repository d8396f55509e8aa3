import { useEffect, useState } from 'preact/hooks'
import type { Bytes } from '../vault/bytes.ts'
import { type Database, keepFirstLock } from '../vault/database.ts'
import { enrolDevice, recognisesPeople } from '../vault/device.ts'
import { type Lock, lockByDevice, lockByPassphrase, newSecret } from '../vault/locks.ts'
import { faultOf } from '../vault/passphrase.ts'
import { shell } from '../words/shell.ts'
import { PassphraseField } from './fields.tsx'
import { useLanguage } from './language.ts'
import { noteSetUp } from './opening.ts'

type Props = {
  readonly database: Database
  readonly evicted: boolean
  readonly onOpen: (secret: Bytes) => Promise<void>
}

/** The first time on a device: its lock is made before anything else. */
export function FirstScreen({ database, evicted, onOpen }: Props) {
  const say = useLanguage().words(shell)
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [fault, setFault] = useState<'short' | 'simple' | 'differs'>()
  const [recognises, setRecognises] = useState(false)
  const [refused, setRefused] = useState(false)
  const [working, setWorking] = useState(false)
  useEffect(() => void recognisesPeople().then(setRecognises), [])

  const begin = async (secret: Bytes, lock: Lock): Promise<void> => {
    // Some browsers ask their person: nothing waits for the answer.
    void navigator.storage.persist().catch(() => false)
    if (!(await keepFirstLock(database, lock))) return location.reload()
    noteSetUp()
    await onOpen(secret)
  }
  const byPassphrase = async (): Promise<void> => {
    const found = faultOf(passphrase) ?? (passphrase === again ? undefined : 'differs')
    setFault(found)
    if (found !== undefined) return
    setWorking(true)
    const secret = newSecret()
    await begin(secret, await lockByPassphrase(secret, passphrase))
  }
  const byDevice = async (): Promise<void> => {
    setWorking(true)
    const enrolled = await enrolDevice()
    if (enrolled === undefined) {
      setRefused(true)
      setWorking(false)
      return
    }
    const secret = newSecret()
    await begin(secret, await lockByDevice(secret, enrolled))
  }

  return (
    <>
      <h1 class="govuk-heading-l">{say.first.title}</h1>
      {evicted && (
        <div class="govuk-warning-text">
          <span class="govuk-warning-text__icon" aria-hidden="true">
            !
          </span>
          <strong class="govuk-warning-text__text">{say.first.evicted}</strong>
        </div>
      )}
      <p class="govuk-body">{say.first.lead}</p>
      <p class="govuk-body">{say.first.persist}</p>
      {recognises && (
        <>
          <p class="govuk-body">{say.first.deviceHint}</p>
          <button type="button" class="govuk-button" disabled={working} onClick={() => void byDevice()}>
            {say.first.device}
          </button>
          <h2 class="govuk-heading-m">{say.first.or}</h2>
        </>
      )}
      {refused && (
        <p class="govuk-error-message" role="alert">
          {say.first.deviceFailed}
        </p>
      )}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void byPassphrase()
        }}
      >
        <PassphraseField
          id="new"
          label={say.passphrase}
          hint={say.first.hint}
          isNew
          fault={fault === undefined || fault === 'differs' ? undefined : say.first[fault]}
          value={passphrase}
          onInput={setPassphrase}
        />
        <PassphraseField
          id="again"
          label={say.first.again}
          isNew
          fault={fault === 'differs' ? say.first.differs : undefined}
          value={again}
          onInput={setAgain}
        />
        <p class="govuk-body">{say.first.noReset}</p>
        <button type="submit" class="govuk-button" disabled={working}>
          {working ? say.first.working : say.first.set}
        </button>
      </form>
      {!evicted && <p class="govuk-inset-text">{say.first.before}</p>}
    </>
  )
}
