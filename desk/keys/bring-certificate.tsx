import { useEffect, useState } from 'preact/hooks'
import { FileField } from '../shell/fields.tsx'
import { useLanguage } from '../shell/language.ts'
import { keys } from '../words/keys.ts'
import { numberOfKey, type Identity, type NotTaken, type Place, takeCertificate } from './identity.ts'

type Props = {
  readonly place: Place
  readonly identity: Identity
  /** PEM. */
  readonly request: string
  /** Looks into the directory; gives whether the certificate was there. */
  readonly find: () => Promise<boolean>
  readonly onTaken: () => Promise<void>
}

/** A key that waits for its certificate: its request to be given away, and the two ways in which the certificate comes. */
export function BringCertificate({ place, identity, request, find, onTaken }: Props) {
  const say = useLanguage().words(keys)
  const [file, setFile] = useState<File>()
  const [fault, setFault] = useState<NotTaken | 'no-file'>()
  const [told, setTold] = useState<string>()
  const [digest, setDigest] = useState<string>()
  const { database } = place
  useEffect(() => void numberOfKey({ database }, identity.keyId).then(setDigest), [database, identity])
  const look = async (): Promise<void> => {
    setTold(say.working)
    try {
      if (await find()) return await onTaken()
      setTold(say.notYet)
    } catch {
      setTold(say.faults['no-answer'])
    }
  }
  const take = async (): Promise<void> => {
    if (file === undefined) return setFault('no-file')
    const refused = await takeCertificate(place, await file.text())
    setFault(refused)
    if (refused === undefined) await onTaken()
  }
  return (
    <>
      <h2 class="govuk-heading-m">{say.waiting}</h2>
      <p class="govuk-body">{say.waitingLead}</p>
      <pre class="desk-code" tabIndex={0} aria-label={say.download}>
        {request}
      </pre>
      <p class="govuk-body">
        {say.digest} <code class="desk-code desk-digest">{digest}</code>
      </p>
      <button type="button" class="govuk-button" onClick={() => save(request)}>
        {say.download}
      </button>
      <p class="govuk-body">
        <button type="button" class="govuk-button govuk-button--secondary" onClick={() => void look()}>
          {say.look}
        </button>
      </p>
      {told !== undefined && (
        <p class="govuk-inset-text" role="status">
          {told}
        </p>
      )}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void take()
        }}
      >
        <FileField
          id="certificate"
          label={say.certificate}
          accept=".crt,.pem,.cer"
          fault={fault === undefined ? undefined : fault === 'no-file' ? say.chooseFile : say.faults[fault]}
          onChoose={setFile}
        />
        <button type="submit" class="govuk-button govuk-button--secondary">
          {say.take}
        </button>
      </form>
    </>
  )
}

/** Hands a text to the browser as a file. */
function save(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/pkcs10' }))
  const link = document.createElement('a')
  link.href = address
  link.download = 'signing-key.csr'
  link.click()
  URL.revokeObjectURL(address)
}
