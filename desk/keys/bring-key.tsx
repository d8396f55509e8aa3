import { useState } from 'preact/hooks'
import { FileField, PassphraseField } from '../shell/fields.tsx'
import { useLanguage } from '../shell/language.ts'
import { keys } from '../words/keys.ts'
import { type NotTaken, type Place, takePkcs12 } from './identity.ts'

/** Larger than any file with one key and a chain. */
const LARGEST_FILE = 1024 * 1024

/** A key that somebody has, from its PKCS#12 file, once. */
export function BringKey({ place, onTaken }: { readonly place: Place; readonly onTaken: () => Promise<void> }) {
  const say = useLanguage().words(keys)
  const [file, setFile] = useState<File>()
  const [password, setPassword] = useState('')
  const [fault, setFault] = useState<NotTaken | 'no-file'>()
  const [working, setWorking] = useState(false)
  const take = async (): Promise<void> => {
    if (file === undefined) return setFault('no-file')
    if (file.size > LARGEST_FILE) return setFault('not-pkcs12')
    setWorking(true)
    const refused = await takePkcs12(place, new Uint8Array(await file.arrayBuffer()), password)
    setWorking(false)
    setFault(refused)
    if (refused !== undefined) return
    setPassword('')
    await onTaken()
  }
  const atPassword = fault === 'wrong-password'
  return (
    <>
      <h2 class="govuk-heading-m">{say.have}</h2>
      <p class="govuk-body">{say.haveLead}</p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void take()
        }}
      >
        <FileField
          id="key-file"
          label={say.file}
          accept=".p12,.pfx,application/x-pkcs12"
          fault={
            fault === undefined || atPassword ? undefined : fault === 'no-file' ? say.chooseFile : say.faults[fault]
          }
          onChoose={setFile}
        />
        <PassphraseField
          id="key-password"
          label={say.password}
          fault={atPassword ? say.faults['wrong-password'] : undefined}
          value={password}
          onInput={setPassword}
        />
        <button type="submit" class="govuk-button govuk-button--secondary" disabled={working}>
          {working ? say.working : say.takeFile}
        </button>
      </form>
    </>
  )
}
