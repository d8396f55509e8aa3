import { join } from 'node:path'
import { type Client, type Identity, openClient, readIdentity } from '../sdk/index.ts'
import { openCourier } from './courier.ts'
import { type Desk, type FailingEndpoint, openFailingEndpoint } from './endpoint.ts'
import { type Jobs, openJobs } from './jobs.ts'
import { isPushed, parties } from './parties.ts'
import { pause, type Player, startPlayer, type Surroundings } from './player.ts'
import type { Listening } from './registry.ts'
import type { State } from './state.ts'

export type PlayersNeeds = {
  /** Where the gateway is. */
  readonly url: string
  readonly pki: string
  readonly state: State
  readonly desk: Desk
  readonly pace: number
  /** How long the gateway waits for an endpoint, in ms. */
  readonly patience: number
  /** Told what a player could not do, in a word. */
  readonly onFault: Surroundings['onFault']
}

/** All agencies that no partner plays. */
export type Players = {
  /** Where those of them listen to which the gateway pushes. */
  readonly endpoints: ReadonlyMap<string, Listening>
  /** Opens the endpoint of an agency, where it has one: before the registry says so. */
  prepare(id: string): Promise<void>
  /** Begins to play it, where no partner does. */
  start(id: string): void
  /** Ends that; what it still had to say stays, unless a partner takes its seat. */
  stop(id: string): Promise<void>
  /** An agency's client and keys. */
  readonly played: (id: string) => { readonly client: Client; readonly identity: Identity }
  readonly jobs: Jobs
  close(): Promise<void>
}

export async function openPlayers(needs: PlayersNeeds): Promise<Players> {
  const { url, pki, state, desk, onFault } = needs
  const identities = await Promise.all(
    parties.map(async ({ id }) => {
      const identity = await readIdentity(join(pki, 'agencies', id))
      return [id, { identity, client: openClient({ url, ca: desk.ca, ...identity }) }] as const
    }),
  )
  const all = new Map(identities)
  const played = (id: string) => {
    const found = all.get(id)
    if (found === undefined) throw new TypeError(`nobody is called ${id}`)
    return found
  }
  const { client } = played(parties[0]?.id ?? '')
  const again = await openCourier(pki)
  const ending = new AbortController()
  const errands = new Set<Promise<void>>()
  const around: Surroundings = {
    wellKnown: () => client.wellKnown(),
    directory: remember(() => client.directory()),
    keep: (agency, { from, id }, what) => jobs.add({ agency, from, id, what }),
    cursor: (agency) => state.content.cursors[agency] ?? '',
    advance: (agency, cursor) => state.change(({ cursors }) => ({ cursors: { ...cursors, [agency]: cursor } })),
    behaviourOf: state.behaviourOf,
    onFault,
  }
  const jobs = openJobs({
    state,
    pace: needs.pace,
    played,
    directory: around.directory,
    onFault,
    onSent: (envelope, message) => {
      const endpoint = state.isTaken(envelope.to) ? state.content.endpoints[envelope.to] : undefined
      if (endpoint?.twice !== true) return
      const errand = pause(needs.pace, ending.signal)
        .then(() => (ending.signal.aborted ? undefined : again(envelope, message, endpoint)))
        .catch((fault: unknown) => onFault(envelope.to, fault))
        .finally(() => errands.delete(errand))
      errands.add(errand)
    },
  })
  const players = new Map<string, Player>()
  const endpoints = new Map<string, FailingEndpoint>()
  const closeEndpoint = async (id: string): Promise<void> => {
    const endpoint = endpoints.get(id)
    endpoints.delete(id)
    await endpoint?.close()
  }
  const stop = async (id: string): Promise<void> => {
    const player = players.get(id)
    players.delete(id)
    await player?.stop()
  }
  return {
    endpoints,
    played,
    jobs,
    async prepare(id) {
      await closeEndpoint(id)
      const behaviour = state.behaviourOf(id)
      if (state.isTaken(id) || !isPushed(behaviour)) return
      const keep = (message: { from: string; id: string }, what: 'answer' | 'acknowledge') =>
        // A forger's true word comes late, so that there is time to see the message wait for it.
        jobs.add({ agency: id, from: message.from, id: message.id, what, turns: what === 'answer' ? 1 : FORGED_TURNS })
      endpoints.set(
        id,
        await openFailingEndpoint({ agency: id, ...played(id), behaviour, desk, patience: needs.patience, keep }),
      )
    },
    start(id) {
      if (state.isTaken(id) || players.has(id)) return
      players.set(id, startPlayer(id, played(id), !isPushed(state.behaviourOf(id)), around))
    },
    stop,
    async close() {
      ending.abort()
      await Promise.all([...players.keys()].map(stop))
      await jobs.close()
      await Promise.all([...errands, ...[...endpoints.keys()].map(closeEndpoint)])
      await Promise.all([...all.values()].map(({ client }) => client.close()))
    },
  }
}

const FORGED_TURNS = 6
const DIRECTORY_MS = 60_000

/** Asks once for all who want to know within a minute; what failed is asked again. */
function remember<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let kept: { readonly value: Promise<Value>; readonly until: number } | undefined
  return () => {
    if (kept === undefined || kept.until < performance.now()) {
      const made = { value: ask(), until: performance.now() + DIRECTORY_MS }
      kept = made
      made.value.catch(() => (kept = kept === made ? undefined : kept))
    }
    return kept.value
  }
}
