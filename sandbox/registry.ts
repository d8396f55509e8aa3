import { readFile, rename, writeFile } from 'node:fs/promises'
import { closedDesk, dutyTeam } from '../demo/desks.ts'
import type { JsonObject } from '../sdk/index.ts'
import { isPushed } from './parties.ts'
import type { State } from './state.ts'

type Entry = { readonly id: string; readonly [name: string]: unknown }
type Registry = { readonly agencies: readonly Entry[]; readonly operators: readonly unknown[] }

/** Where the sandbox itself listens for an agency, and by which anchor it is known. */
export type Listening = { readonly url: string; readonly trustAnchors: string }

/**
 * Writes the registry as the sandbox stands: each agency's way of delivery, by who plays it and how.
 * @param from the registry of the development PKI
 */
export async function writeRegistry(
  from: string,
  path: string,
  state: State,
  endpoints: ReadonlyMap<string, Listening>,
  now: Date,
): Promise<void> {
  const { agencies, operators } = JSON.parse(await readFile(from, 'utf8')) as Registry
  const changed = agencies.map((each) => ({ ...each, ...wayTo(each.id, state, endpoints, now) }))
  await writeFile(`${path}.draft`, `${JSON.stringify({ agencies: changed, operators }, null, 2)}\n`)
  await rename(`${path}.draft`, path)
}

function wayTo(id: string, state: State, endpoints: ReadonlyMap<string, Listening>, now: Date): JsonObject {
  const mailbox = { delivery: { mode: 'mailbox' } }
  if (state.isTaken(id)) {
    const own = state.content.endpoints[id]
    return own === undefined ? mailbox : { delivery: push(own) }
  }
  const behaviour = state.behaviourOf(id)
  if (behaviour === 'closed') return { ...mailbox, desks: [closedDesk(now), dutyTeam] }
  const endpoint = endpoints.get(id)
  return endpoint !== undefined && isPushed(behaviour) ? { delivery: push(endpoint) } : mailbox
}

const push = ({ url, trustAnchors }: Listening): JsonObject => ({ mode: 'push', url, trustAnchors })
