import type { Run } from './run.ts'
import { easyGateway, floor, type Place, passerelle, type System } from './systems.ts'

/**
 * Systems that are measured side by side, each started once on a database of its own, and their runs in order: what is compared
 * stands next to each other, so that a machine that grows slower does so for both.
 */
export type Scene = { readonly systems: readonly Placed[]; readonly runs: readonly Planned[] }
export type Placed = { readonly system: System; readonly record?: FullRecord }
/** A run is made when its turn comes: an open run's rate is half of what a closed one has just reached. */
export type Planned = {
  readonly on: Placed
  readonly name: string
  readonly make: (rates: ReadonlyMap<string, number>) => Run
}
/** How many messages are in the record before the first run; `kept`: filled once and used by every repetition. */
export type FullRecord = { readonly messages: number; readonly kept: boolean }

/** What a run needs to know of its place in the whole; `only`: what the name of a system must hold to be measured. */
export type Wanted = {
  readonly seconds: number
  readonly redisUrl: string | undefined
  readonly million: boolean
  readonly only: string
}

/** The floor's messages under way at once where it reaches the most; else as many as the connections that it is compared with. */
const MOST_AT_ONCE = 256
/** Before anything is measured: more than the floor has ever reached. */
const UNKNOWN_RATE = 10_000
/**
 * V8's compilers settle in the first of these, before a system's first run: while a gateway delivers they take a twentieth of a
 * processor after 10 s, and half of that after 25. Every cache settles in the second.
 */
const FIRST_WARM_UP_SECONDS = 20
const WARM_UP_SECONDS = 3

/** The name under which a run's figures stand; `record` says how many messages there were before, where there were. */
export function runName(system: string, mode: Run['mode'], connections: number, record = 0): string {
  if (system === 'floor') return `floor, ${connections} at once`
  const how = { closed: 'accepted', open: 'accepted at half rate', delivered: 'delivered', inbox: 'inbox pages' }[mode]
  return `${system}, ${how}, ${connections}${record === 0 ? '' : `, ${record / 1000} thousand before`}`
}

/** One repetition: each scene in turn, each run of so many seconds. */
export function planRuns(place: Place, { seconds, redisUrl, million, only }: Wanted): readonly Scene[] {
  const begun = new Set<Placed>()
  const run = (on: Placed, mode: Run['mode'], connections: number): Planned => {
    const warmUpSeconds = begun.has(on) ? WARM_UP_SECONDS : FIRST_WARM_UP_SECONDS
    begun.add(on)
    return planRun(on, { mode, connections, warmUpSeconds, seconds })
  }
  const scenes = [besideTheFloor(place, run), besideTheEasyGateway(place, run)]
  if (redisUrl !== undefined) scenes.push(besideTheEasyGateway({ ...place, redisUrl }, run))
  if (million) scenes.push(fullRecords(place, run))
  const isWanted = ({ system }: Placed): boolean => system.name.includes(only)
  return scenes
    .map(({ systems, runs }) => ({ systems: systems.filter(isWanted), runs: runs.filter(({ on }) => isWanted(on)) }))
    .filter(({ systems }) => systems.length > 0)
}

type MakeRun = (on: Placed, mode: Run['mode'], connections: number) => Planned

function besideTheFloor(place: Place, run: MakeRun): Scene {
  const most = { system: floor(place) }
  const own = { system: passerelle(place) }
  const whole = { system: passerelle(place, 'with its worker') }
  return {
    systems: [most, own, whole],
    runs: [
      run(most, 'closed', MOST_AT_ONCE),
      // first: what other runs leave in the inbox would be listed, too
      run(whole, 'delivered', 32),
      run(most, 'closed', 32),
      run(own, 'closed', 32),
      run(whole, 'closed', 32),
      run(own, 'open', 32),
      run(own, 'closed', 128),
      run(most, 'closed', 128),
      run(own, 'closed', 1),
      run(own, 'closed', 8),
    ],
  }
}

/** Passerelle again, a moment before what it is compared with; what that leaves for PostgreSQL to tidy up falls on nobody else. */
function besideTheEasyGateway(place: Place, run: MakeRun): Scene {
  const own = { system: passerelle(place, place.redisUrl === undefined ? 'beside the easy gateway' : undefined) }
  const easy = { system: easyGateway(place) }
  const others = place.redisUrl === undefined ? [128, 1, 8] : []
  return {
    systems: [own, easy],
    runs: [run(own, 'closed', 32), ...[32, ...others].map((connections) => run(easy, 'closed', connections))],
  }
}

function fullRecords(place: Place, run: MakeRun): Scene {
  const records: readonly FullRecord[] = [
    { messages: 10_000, kept: false },
    { messages: 1_000_000, kept: true },
  ]
  const systems = records.map((record) => ({ system: passerelle(place), record }))
  return {
    systems,
    runs: [...systems.map((on) => run(on, 'inbox', 1)), ...systems.map((on) => run(on, 'closed', 32))],
  }
}

function planRun(on: Placed, run: Omit<Run, 'perSecond'>): Planned {
  const { system, record } = on
  const { mode, connections } = run
  return {
    on,
    name: runName(system.name, mode, connections, record?.messages),
    make(rates) {
      // nothing is faster than the floor, and what was signed in vain only takes time before the clock starts
      const most = rates.get(runName('floor', 'closed', MOST_AT_ONCE)) ?? UNKNOWN_RATE
      const half = (rates.get(runName(system.name, 'closed', connections)) ?? most) / 2
      return { ...run, perSecond: mode === 'open' ? half : most }
    },
  }
}
