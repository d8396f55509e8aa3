import type { Release, Schema } from '../../sdk/validate/schema.ts'

type Files = Readonly<Record<string, Schema>>

/** The published schemas, each release a piece of its own that is loaded when a message of it is read or sent. */
const releases: Readonly<Record<string, () => Promise<{ readonly files: Files }>>> = {
  '1.0': () => import('./releases/1.0.ts'),
  '1.1': () => import('./releases/1.1.ts'),
  '1.2': () => import('./releases/1.2.ts'),
}
/** What the desk writes, and by which it reads what is newer than itself. */
const NEWEST = '1.2'
const opened = new Map<string, Promise<Release>>()

/** Gives a release of the schemas by the paths of its files; of one that this desk does not have, the newest that it has. */
export async function release(version: string): Promise<Release> {
  const named = Object.hasOwn(releases, version) ? version : NEWEST
  const reading = opened.get(named) ?? read(named)
  opened.set(named, reading)
  // What could not be loaded is tried again.
  reading.catch(() => opened.delete(named))
  return await reading
}

async function read(version: string): Promise<Release> {
  const loaded = await releases[version]?.()
  const entries = Object.entries(loaded?.files ?? {})
  return Object.fromEntries(
    entries.map(([path, schema]) => [path.slice(path.indexOf(`/${version}/`) + version.length + 2), schema]),
  )
}
