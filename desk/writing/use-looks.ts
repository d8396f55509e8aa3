import { useEffect, useState } from 'preact/hooks'
import type { Directory } from '../../sdk/answers.ts'
import type { Rules } from '../../sdk/disclosure.ts'
import type { Session } from '../shell/session.ts'
import { finished } from './finishing.ts'
import { agenciesOf } from './forms.ts'
import { type Look, lookAgain } from './looking.ts'
import type { OpenDraft } from './open-draft.ts'
import type { KeptPicture } from './pictures/use-pictures.ts'

/** What to look at again in a draft, as it is now, and the directory by which that is known. */
export type Looking = { readonly looks: readonly Look[]; readonly agencies: Directory['agencies'] }

/** Gives what to look at again; nothing until the published tables are loaded. */
export function useLooks(session: Session, open: OpenDraft, pictures: readonly KeptPicture[]): Looking {
  const [agencies, setAgencies] = useState<Directory['agencies']>([])
  const [tables, setTables] = useState<Omit<Rules, 'directory'>>()
  useEffect(() => void agenciesOf(session).then(setAgencies), [session])
  useEffect(() => void import('./tables.ts').then((loaded) => setTables(loaded.tables)), [])
  const draft = open.draft()
  if (tables === undefined || pictures.length < draft.attachments.length) return { looks: [], agencies }
  const written = { ...draft, body: finished(open.form, draft.progress) }
  const enclosed = pictures.map(({ picture }) => picture)
  const looks = lookAgain(written, enclosed, { agency: session.agency, agencies, now: session.now(), tables })
  return { looks, agencies }
}
