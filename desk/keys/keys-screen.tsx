import { useEffect, useState } from 'preact/hooks'
import { useDesk } from '../shell/desk.ts'
import { dateOf, useLanguage } from '../shell/language.ts'
import type { ScreenProps } from '../shell/routes.ts'
import type { Session } from '../shell/session.ts'
import { keys } from '../words/keys.ts'
import { BringCertificate } from './bring-certificate.tsx'
import { BringKey } from './bring-key.tsx'
import { findInDirectory, type Identity, isRegistered, makeKey, readIdentity } from './identity.ts'

/** The signing key of this device: what stands, what is missing, and each way to get one. */
export function KeysScreen({ session }: ScreenProps) {
  const say = useLanguage().words(keys)
  const { database, renew, announce } = useDesk()
  const [identity, setIdentity] = useState<Identity>()
  const [working, setWorking] = useState(false)
  const place = { vault: session.vault, database }
  useEffect(() => void readIdentity(session).then(setIdentity), [session])

  const make = async (): Promise<void> => {
    setWorking(true)
    await makeKey(place, session.agency)
    setIdentity(await readIdentity(session))
    setWorking(false)
    await renew()
  }
  const taken = async (): Promise<void> => {
    setIdentity(await readIdentity(session))
    await renew()
    announce(say.taken)
  }
  const find = (): Promise<boolean> => findInDirectory(place, session)

  return (
    <>
      <h1 class="govuk-heading-l">{say.title}</h1>
      <p class="govuk-body">{say.lead}</p>
      {identity === undefined && <p class="govuk-inset-text">{say.none}</p>}
      {identity?.certificate !== undefined && <Standing identity={identity} session={session} />}
      {identity?.request !== undefined && identity.certificate === undefined && (
        <BringCertificate place={place} identity={identity} request={identity.request} find={find} onTaken={taken} />
      )}
      {identity !== undefined && (
        <>
          <h2 class="govuk-heading-m">{say.replace}</h2>
          <p class="govuk-body">{say.replaceLead}</p>
        </>
      )}
      <h2 class="govuk-heading-m">{say.make}</h2>
      <p class="govuk-body">{say.makeLead}</p>
      <button type="button" class="govuk-button" disabled={working} onClick={() => void make()}>
        {working ? say.working : say.make}
      </button>
      <BringKey place={place} onTaken={taken} />
    </>
  )
}

function Standing({ identity, session }: { readonly identity: Identity; readonly session: Session }) {
  const { language, words } = useLanguage()
  const say = words(keys)
  const [registered, setRegistered] = useState(true)
  const thumbprint = identity.certificate?.thumbprint
  useEffect(() => {
    if (thumbprint === undefined) return
    // Without a line nobody knows, and the desk says nothing of it.
    void isRegistered(thumbprint, session).then(setRegistered, () => setRegistered(true))
  }, [thumbprint, session])
  if (identity.certificate === undefined || session.signer === undefined) return null
  const until = new Date(identity.certificate.notAfter)
  const date = dateOf(until, language)
  return (
    <>
      {registered ? (
        <p class="govuk-inset-text">
          {say.ready} {until > session.now() ? say.expires(date) : say.expired(date)}
        </p>
      ) : (
        <p class="govuk-inset-text">{say.notRegistered}</p>
      )}
      <p class="govuk-body">
        {say.thumbprint} <code class="desk-code desk-thumbprint">{thumbprint}</code>
      </p>
    </>
  )
}
