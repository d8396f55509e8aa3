import type { Run } from './run.ts'
import { easyGateway, floor, type Place, passerelle, type System } from './systems.ts'

/** A system and its runs, each made when its turn comes: an open run's rate is half of what a closed one has just reached. */
export type Plan = { readonly system: System; readonly runs: readonly MakeRun[]; readonly record?: FullRecord }
export type MakeRun = (rates: ReadonlyMap<string, number>) => { readonly name: string; readonly run: Run }
/** How many messages are in the record before the first run; `kept`: filled once and used by every repetition. */
export type FullRecord = { readonly messages: number; readonly kept: boolean }

/** What a run needs to know of its place in the whole. */
export type Wanted = { readonly seconds: number; readonly redisUrl: string | undefined; readonly million: boolean }

const CONNECTIONS = [1, 8, 32, 128]
/** The floor's messages under way at once: as many as the connections that it is compared with, and as many as it can make use of. */
const FLOOR_AT_ONCE = [32, 128, 256]
/** Before anything is measured: more than the floor has ever reached. */
const UNKNOWN_RATE = 8000

/** The name under which a run's figures stand; `record` says how many messages there were before, where there were. */
export function runName(system: string, mode: Run['mode'], connections: number, record = 0): string {
  if (system === 'floor') return `floor, ${connections} at once`
  const how = { closed: 'accepted', open: 'accepted at half rate', delivered: 'delivered', inbox: 'inbox pages' }[mode]
  return `${system}, ${how}, ${connections}${record === 0 ? '' : `, ${record / 1000} thousand before`}`
}

/** One repetition: each system in turn, each run of so many seconds. */
export function planRuns(place: Place, { seconds, redisUrl, million }: Wanted): readonly Plan[] {
  const plan = (system: System, runs: readonly [Run['mode'], number][], record?: FullRecord): Plan => ({
    system,
    runs: runs.map(([mode, connections]) => make(system, mode, connections, seconds, record?.messages)),
    ...(record && { record }),
  })
  const onRedis = redisUrl === undefined ? [] : [{ ...place, redisUrl }]
  const records = million
    ? [
        { messages: 10_000, kept: false },
        { messages: 1_000_000, kept: true },
      ]
    : []
  const closed = CONNECTIONS.map((connections): [Run['mode'], number] => ['closed', connections])
  return [
    plan(
      floor(place),
      FLOOR_AT_ONCE.map((connections): [Run['mode'], number] => ['closed', connections]),
    ),
    plan(easyGateway(place), closed),
    plan(passerelle(place), [['delivered', 32], ...closed, ['open', 32]]),
    ...onRedis.flatMap((redis) =>
      [easyGateway(redis), passerelle(redis)].map((system) => plan(system, [['closed', 32]])),
    ),
    ...records.map((record) =>
      plan(
        passerelle(place),
        [
          ['inbox', 1],
          ['closed', 32],
        ],
        record,
      ),
    ),
  ]
}

function make(system: System, mode: Run['mode'], connections: number, seconds: number, record?: number): MakeRun {
  const name = runName(system.name, mode, connections, record)
  return (rates) => {
    // nothing is faster than the floor, and what was signed in vain only takes time before the clock starts
    const most = rates.get(runName('floor', 'closed', Math.max(...FLOOR_AT_ONCE))) ?? UNKNOWN_RATE
    const half = (rates.get(runName(system.name, 'closed', connections)) ?? most) / 2
    return { name, run: { mode, connections, seconds, perSecond: mode === 'open' ? half : most } }
  }
}
