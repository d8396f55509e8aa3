import { useEffect, useState } from 'preact/hooks'
import type { Bytes } from '../vault/bytes.ts'
import { enrolDevice, recognisesPeople } from '../vault/device.ts'
import { type Lock, lockByDevice, lockByPassphrase } from '../vault/locks.ts'
import { faultOf } from '../vault/passphrase.ts'
import { tryDevice, tryPassphrase } from '../vault/unlocking.ts'
import { shell } from '../words/shell.ts'
import { useDesk } from './desk.ts'
import { PassphraseField } from './fields.tsx'
import { useLanguage } from './language.ts'

type Fault = 'short' | 'simple' | 'differs' | 'wrong' | 'wait' | 'deviceFailed'

/** Puts another lock in place of the one that stands: whoever does so opens that one first, for the vault's secret is nowhere else. */
export function ChangeLock({ now }: { readonly now: () => Date }) {
  const { words } = useLanguage()
  const { device: say, first, locked, passphrase: word } = words(shell)
  const { database, announce } = useDesk()
  const [lock, setLock] = useState<Lock>()
  const [recognises, setRecognises] = useState(false)
  const [typed, setTyped] = useState({ old: '', fresh: '', again: '' })
  const [fault, setFault] = useState<Fault>()
  const [wait, setWait] = useState(0)
  const [done, setDone] = useState(false)
  useEffect(() => {
    void database.getAll('locks').then(([first]) => setLock(first))
    void recognisesPeople().then(setRecognises)
  }, [database])

  const openOld = async (): Promise<Bytes | Fault> => {
    if (lock?.kind === 'device') return (await tryDevice(lock)) ?? 'deviceFailed'
    if (lock === undefined) return 'wrong'
    const came = await tryPassphrase(database, lock, { passphrase: typed.old, now: now() })
    if ('secret' in came) return came.secret
    if ('wait' in came) setWait(Math.ceil(came.wait / 1000))
    return 'wait' in came ? 'wait' : 'wrong'
  }
  const change = async (make: (secret: Bytes) => Promise<Lock | Fault>): Promise<void> => {
    setDone(false)
    const secret = await openOld()
    const made = typeof secret === 'string' ? secret : await make(secret)
    if (typeof secret !== 'string') secret.fill(0)
    setFault(typeof made === 'string' ? made : undefined)
    if (typeof made === 'string') return
    // One transaction: there is always exactly one lock.
    const transaction = database.transaction('locks', 'readwrite')
    await Promise.all([transaction.store.clear(), transaction.store.put(made), transaction.done])
    setLock(made)
    setTyped({ old: '', fresh: '', again: '' })
    setDone(true)
    announce(say.changed)
  }
  const toPassphrase = async (): Promise<void> => {
    const found = faultOf(typed.fresh) ?? (typed.fresh === typed.again ? undefined : 'differs')
    if (found !== undefined) return setFault(found)
    await change((secret) => lockByPassphrase(secret, typed.fresh))
  }
  const toDevice = (): Promise<void> =>
    change(async (secret) => {
      const enrolled = await enrolDevice()
      return enrolled === undefined ? 'deviceFailed' : await lockByDevice(secret, enrolled)
    })

  if (lock === undefined) return null
  const byPassphrase = lock.kind === 'passphrase'
  const tell = (...among: readonly Fault[]): string | undefined => {
    if (fault === undefined || !among.includes(fault)) return undefined
    if (fault === 'wait') return locked.wait(wait)
    return fault === 'wrong' ? locked.wrong : fault === 'deviceFailed' ? locked.deviceFailed : first[fault]
  }
  return (
    <>
      <p class="govuk-body">{byPassphrase ? say.byPassphrase : say.byDevice}</p>
      {done && <p class="govuk-inset-text">{say.changed}</p>}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void toPassphrase()
        }}
      >
        <h3 class="govuk-heading-s">{byPassphrase ? say.change : say.toPassphrase}</h3>
        {byPassphrase && (
          <PassphraseField
            id="old"
            label={say.old}
            fault={tell('wrong', 'wait')}
            value={typed.old}
            onInput={(old) => setTyped({ ...typed, old })}
          />
        )}
        <PassphraseField
          id="new"
          label={byPassphrase ? say.new : word}
          hint={first.hint}
          isNew
          fault={tell('short', 'simple')}
          value={typed.fresh}
          onInput={(fresh) => setTyped({ ...typed, fresh })}
        />
        <PassphraseField
          id="again"
          label={first.again}
          isNew
          fault={tell('differs')}
          value={typed.again}
          onInput={(again) => setTyped({ ...typed, again })}
        />
        <p class="govuk-body">{first.noReset}</p>
        <button type="submit" class="govuk-button govuk-button--secondary">
          {byPassphrase ? say.change : say.toPassphrase}
        </button>
      </form>
      {tell('deviceFailed') !== undefined && (
        <p class="govuk-error-message" role="alert">
          {tell('deviceFailed')}
        </p>
      )}
      {byPassphrase && recognises && (
        <>
          <h3 class="govuk-heading-s">{first.device}</h3>
          <p class="govuk-body">{say.toDevice}</p>
          <button type="button" class="govuk-button govuk-button--secondary" onClick={() => void toDevice()}>
            {first.device}
          </button>
        </>
      )}
    </>
  )
}
