import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDevelopmentPki, stands } from '../certs-dev/tree.ts'
import { within } from '../demo/board.ts'
import { type GatewayProcess, startGateway } from '../demo/gateway-process.ts'
import { openDesk } from './endpoint.ts'
import { type Behaviour, furtherAgencies, hasRole, parties } from './parties.ts'
import { wordOf } from './player.ts'
import { LOCK } from './lock.ts'
import { openPlayers, type Players } from './players.ts'
import { firstReferral } from './referrer.ts'
import { writeRegistry } from './registry.ts'
import { type Content, type Endpoint, openState, type State } from './state.ts'

export type SandboxOptions = {
  /** All that it keeps stands here. */
  readonly folder: string
  readonly port: number
  readonly operationsPort: number
  /** How long a player takes before it answers, in ms. */
  readonly pace: number
  /** Seats that partners have, beside those that the state remembers. */
  readonly seats: readonly string[]
  readonly now: () => Date
}

/** Something that went wrong, for whoever looks: when, whose, and in a word. */
export type Trouble = { readonly at: Date; readonly agency: string; readonly word: string }

export type Sandbox = {
  readonly gateway: Pick<GatewayProcess, 'url' | 'operationsUrl'>
  /** Folder of the certificates and keys. */
  readonly pki: string
  readonly state: State
  readonly troubles: readonly Trouble[]
  take(id: string): Promise<void>
  giveBack(id: string): Promise<void>
  behave(id: string, behaviour: Behaviour): Promise<void>
  deliverTo(id: string, endpoint: Endpoint | undefined): Promise<void>
  /** Has a referrer that no partner plays refer a child of this name. Gives the case. */
  refer(from: string, name: string): Promise<string>
  /** Everything as on the first day, but for the certificates, so that a partner's configuration still holds. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** How long the gateway waits for an endpoint: less than anywhere else, so that a slow one is seen soon. */
const PATIENCE_S = 3
const RELOAD_MS = 20_000
const MOST_TROUBLES = 20
/** A closed desk's hours are reckoned from now, and would come. */
const DAY_MS = 86_400_000

/** Opens a whole world in its folder. @param stop aborts where the gateway ends by itself */
export async function openSandbox(options: SandboxOptions, stop: AbortController): Promise<Sandbox> {
  const { folder, pace, now } = options
  const pki = join(folder, 'pki')
  const registryFile = join(folder, 'agencies.json')
  if (!(await stands(pki))) await makeDevelopmentPki(pki, { agencies: furtherAgencies })
  const desk = await openDesk(pki, now())
  const troubles: Trouble[] = []
  const onFault = (agency: string, fault: unknown): void => {
    troubles.unshift({ at: now(), agency, word: wordOf(fault) })
    troubles.length = Math.min(troubles.length, MOST_TROUBLES)
  }

  const open = async (port: number, operationsPort: number) => {
    const state = await openState(join(folder, 'state.json'))
    await state.change(({ seats }) => ({ seats: [...new Set([...seats, ...options.seats])] }))
    let reloaded = Promise.withResolvers<void>()
    const writeFor = (players: Pick<Players, 'endpoints'>) =>
      writeRegistry(join(pki, 'agencies.json'), registryFile, state, players.endpoints, now())
    await writeFor({ endpoints: new Map() })
    const gateway = await startGateway(folder, stop, {
      settings: {
        PASSERELLE_ENVIRONMENT: 'test',
        PASSERELLE_PUSH_TIMEOUT: `PT${PATIENCE_S}S`,
        PASSERELLE_PORT: String(port),
        PASSERELLE_OPERATIONS_PORT: String(operationsPort),
      },
      said: (line) => {
        if (line.includes('"registry in force"')) reloaded.resolve()
      },
    })
    let players: Players | undefined
    try {
      const needs = { url: gateway.url, pki, state, desk, pace, patience: PATIENCE_S * 1000, onFault }
      const opened = await openPlayers(needs)
      players = opened
      const apply = async (): Promise<void> => {
        await writeFor(opened)
        reloaded = Promise.withResolvers<void>()
        gateway.reload()
        await within(reloaded.promise, RELOAD_MS, stop.signal, 'the registry to be in force')
      }
      for (const { id } of parties) await opened.prepare(id)
      await apply()
      for (const { id } of parties) opened.start(id)
      return { state, gateway, players: opened, apply }
    } catch (fault) {
      await players?.close()
      await gateway.stop()
      throw fault
    }
  }

  let world = await open(options.port, options.operationsPort)
  const daily = setInterval(() => void inTurn(() => world.apply()).catch(() => undefined), DAY_MS).unref()

  /** One change after another. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
  /** Changes how an agency is played: it is stopped, told, and begins again. */
  const change = (id: string, how: (content: Content) => Partial<Content>): Promise<void> =>
    inTurn(async () => {
      const { players, state, apply } = world
      await players.stop(id)
      await state.change(how)
      if (state.isTaken(id)) await players.jobs.drop(id)
      await players.prepare(id)
      await apply()
      players.start(id)
    })
  const shut = async (): Promise<void> => {
    await world.players.close()
    await world.gateway.stop()
  }
  return {
    get gateway() {
      return world.gateway
    },
    get state() {
      return world.state
    },
    pki,
    troubles,
    take: (id) => change(id, ({ seats }) => ({ seats: [...new Set([...seats, id])] })),
    giveBack: (id) =>
      change(id, ({ seats, endpoints }) => ({
        seats: seats.filter((each) => each !== id),
        endpoints: without(endpoints, id),
      })),
    behave: (id, behaviour) => change(id, ({ behaviours }) => ({ behaviours: { ...behaviours, [id]: behaviour } })),
    deliverTo: (id, endpoint) =>
      change(id, ({ endpoints }) => ({
        endpoints: { ...without(endpoints, id), ...(endpoint !== undefined && { [id]: endpoint }) },
      })),
    refer: async (from, name) => {
      if (world.state.isTaken(from) || !hasRole(from, 'referrer')) throw new TypeError(`${from} refers nobody`)
      return firstReferral(from, name, world.players.played(from), now())
    },
    reset: () =>
      inTurn(async () => {
        const { url, operationsUrl } = world.gateway
        await shut()
        await forget(folder)
        troubles.length = 0
        world = await open(Number(new URL(url).port), Number(new URL(operationsUrl).port)).catch((fault: unknown) => {
          stop.abort(fault)
          throw fault
        })
      }),
    close: () =>
      inTurn(async () => {
        clearInterval(daily)
        await shut()
      }),
  }
}

const without = <Value>(all: Readonly<Record<string, Value>>, id: string): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(all).filter(([each]) => each !== id))

/** What a reset leaves: the certificates, and who holds the folder. */
const KEPT = new Set(['pki', LOCK])

/** Takes away all else. */
export async function forget(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((each) => !KEPT.has(each)))
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 })
}
