/** Forms for whoever writes here: the newest release's schemas, and the profile for this agency. Loaded when somebody writes. */
import { directory as readDirectory, type Directory } from '../../sdk/answers.ts'
import { type Form, openForm } from '../../sdk/forms/form.ts'
import { type Profile, profileById, profileFor } from '../../sdk/forms/profile.ts'
import type { Session } from '../shell/session.ts'
import type { Vault } from '../vault/vault.ts'

type Agencies = Directory['agencies']
const DIRECTORY = 'writing-directory'
const known = new WeakMap<Vault, Promise<Agencies>>()

/** Gives the agencies of the directory; those that were kept where there is no line; none before the first time. */
export function agenciesOf(session: Session): Promise<Agencies> {
  const held = known.get(session.vault)
  if (held !== undefined) return held
  const found = fetchAgencies(session)
  known.set(session.vault, found)
  // Where there was no line, it is asked for again.
  void found.then((agencies) => agencies.length === 0 && known.delete(session.vault))
  return found
}

async function fetchAgencies({ client, vault }: Session): Promise<Agencies> {
  const kept = await vault.get<Agencies>('settings', DIRECTORY)
  const asked = client.directory().then(async ({ agencies }) => {
    const slim = agencies.map((agency) => ({ ...agency, certificates: [] }))
    await vault.put('settings', DIRECTORY, slim)
    return slim
  })
  if (kept === undefined) return asked.catch(() => [])
  // What was kept serves at once; what is newer serves the next time.
  asked.catch(() => undefined)
  return readDirectory({ agencies: kept }, '').agencies
}

/** Gives the profile of this agency, by the directory, else by its id. */
export async function profileOf(session: Session, type = ''): Promise<Profile | undefined> {
  const { profiles } = await import('./published.ts')
  const own = (await agenciesOf(session)).find(({ id }) => id === session.agency)
  if (own !== undefined) return profileFor(profiles, own)
  const [first] = profiles.flatMap(({ types }) => Object.keys(types))
  return profileById(profiles, session.agency, type === '' ? (first ?? '') : type)
}

/** Opens the form of a type. Throws a RangeError for a type that the release does not have. */
export async function formOf(session: Session, type: string): Promise<Form> {
  const { release } = await import('./published.ts')
  return openForm(release, type, await profileOf(session, type))
}
