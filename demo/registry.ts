import { readFile, rename, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Directory, JsonObject } from '../sdk/index.ts'
import type { AgencyId } from './agencies.ts'

/** A change takes effect within 5 s of SIGHUP; this is longer. */
const PATIENCE_MS = 20_000
const POLL_MS = 50

export type Changes = Readonly<Partial<Record<AgencyId, JsonObject>>>
/** Changes how some agencies take deliveries, and gives what puts the registry back. */
export type ChangeRegistry = (changes: Changes) => Promise<() => Promise<void>>

type File = { readonly agencies: readonly { readonly id: string; readonly contact?: JsonObject }[] }

/**
 * Takes the registry file, how to tell the gateway that it has changed, and how to read the directory; gives a call that changes it. The directory
 * shows each agency's contact and nothing of its deliveries, so a mark in the contact tells when the new registry is in force.
 */
export function openRegistryFile(
  file: string,
  reload: () => void,
  directory: () => Promise<Directory>,
): ChangeRegistry {
  let generation = 0
  const put = async (content: File, ids: readonly string[]) => {
    generation += 1
    const mark = `generation-${generation}@example.org`
    const agencies = content.agencies.map((each) =>
      ids.includes(each.id) ? { ...each, contact: { ...each.contact, email: mark } } : each,
    )
    await writeFile(`${file}.draft`, JSON.stringify({ ...content, agencies }))
    await rename(`${file}.draft`, file)
    reload()
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const seen = (await directory()).agencies.filter((each) => each.contact?.email === mark).length
      if (seen === ids.length) return
      if (performance.now() > deadline) throw new Error('the changed registry has not come into force')
      await sleep(POLL_MS)
    }
  }
  return async (changes) => {
    const before = JSON.parse(await readFile(file, 'utf8')) as File
    const ids = Object.keys(changes)
    const changed = new Map<string, JsonObject>(Object.entries(changes))
    await put({ ...before, agencies: before.agencies.map((each) => ({ ...each, ...changed.get(each.id) })) }, ids)
    return () => put(before, ids)
  }
}
