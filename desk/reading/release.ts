import type { Release, Schema } from '../../sdk/validate/schema.ts'

/** The published schemas, each release in a piece of its own that is loaded when it is asked for. */
const files = import.meta.glob<Schema>('../../schemas/*.*/**/*.schema.json', { import: 'default' })
const PLACE = /\/schemas\/(\d+\.\d+)\/(.+)$/
const opened = new Map<string, Promise<Release>>()

/** Gives a release of the schemas by the paths of its files; of one that this desk does not have, the newest that it has. */
export async function release(version: string): Promise<Release> {
  const versions = Object.keys(files).flatMap((path) => PLACE.exec(path)?.[1] ?? [])
  const named = versions.includes(version) ? version : (versions.toSorted(compare).at(-1) ?? '')
  const reading = opened.get(named) ?? read(named)
  opened.set(named, reading)
  return await reading
}

const compare = (one: string, other: string): number => Number(one.split('.')[1]) - Number(other.split('.')[1])

async function read(version: string): Promise<Release> {
  const entries = Object.entries(files).flatMap(([path, load]) => {
    const [, found, name = ''] = PLACE.exec(path) ?? []
    return found === version ? [[name, load] as const] : []
  })
  return Object.fromEntries(await Promise.all(entries.map(async ([name, load]) => [name, await load()] as const)))
}
