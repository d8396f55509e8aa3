import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeDevelopmentPki } from '../certs-dev/tree.ts'
import { type Client, type Identity, openClient, readIdentity } from '../sdk/index.ts'
import { type Actor, startActor, type Surroundings } from './actor.ts'
import { type AgencyId, agencyIds, ctac } from './agencies.ts'
import { type GatewayProcess, startGateway } from './gateway-process.ts'
import { type ChangeRegistry, openRegistryFile } from './registry.ts'
import type { Screen } from './screen.ts'

/** What all that is played happens in. */
export type World = Surroundings & {
  readonly screen: Screen
  readonly gateway: GatewayProcess
  /** Folder of the development PKI. */
  readonly pki: string
  /** The trust anchor, PEM. */
  readonly ca: string
  readonly changeRegistry: ChangeRegistry
  actor(id: AgencyId): Actor
  identity(id: AgencyId): Identity
}

/**
 * Makes a folder, certificates, a gateway and ten agencies in it, lets `play` use them, and leaves nothing behind, however that ends. Throws the
 * gateway's last words; what failed is the reason of `stop`.
 * @param settings of the gateway, beside those of every demo
 */
export async function withWorld(
  screen: Screen,
  stop: AbortController,
  play: (world: World) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-demo-'))
  const clients: Client[] = []
  let gateway: GatewayProcess | undefined
  try {
    await makeDevelopmentPki(join(folder, 'pki'))
    await copyFile(join(folder, 'pki', 'agencies.json'), join(folder, 'agencies.json'))
    // The cohort is sent in seconds, not in the fifteen months that it took.
    gateway = await startGateway(folder, stop, { settings: { PASSERELLE_RATE_LIMIT: '100000', ...settings } })
    const world = await populate(screen, stop, folder, gateway, clients)
    await Promise.race([play(world), aborted(stop.signal)])
  } catch (fault) {
    stop.abort(fault)
    throw new Error(gateway?.lastWords() ?? '', { cause: fault })
  } finally {
    stop.abort(new Error('over'))
    await Promise.all(clients.map((client) => client.close()))
    await gateway?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function populate(
  screen: Screen,
  stop: AbortController,
  folder: string,
  gateway: GatewayProcess,
  clients: Client[],
): Promise<World> {
  const ca = await readFile(join(folder, 'pki', 'trust', 'ca.crt'), 'utf8')
  const identities = new Map<string, Identity>()
  for (const id of agencyIds) identities.set(id, await readIdentity(join(folder, 'pki', 'agencies', id)))
  const identity = (id: AgencyId): Identity => found(identities.get(id), id)
  const open = (id: AgencyId) => {
    const client = openClient({ url: gateway.url, ca, language: screen.language, ...identity(id) })
    clients.push(client)
    return client
  }
  const asked = open(ctac)
  const [wellKnown, directory] = await Promise.all([asked.wellKnown(), asked.directory()])
  const changeRegistry = openRegistryFile(join(folder, 'agencies.json'), gateway.reload, () =>
    asked.directory({ signal: stop.signal }),
  )
  const actors = new Map<string, Actor>()
  const world: World = {
    screen,
    gateway,
    pki: join(folder, 'pki'),
    ca,
    wellKnown,
    directory,
    changeRegistry,
    tally: { messages: 0, receipts: 0 },
    signal: stop.signal,
    fail: (reason) => stop.abort(reason),
    actor: (id) => found(actors.get(id), id),
    identity,
  }
  for (const id of agencyIds) actors.set(id, startActor(id, open(id), world))
  return world
}

/** Rejects as soon as all is over, so that nobody waits for what is under way. */
async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  throw signal.reason
}

function found<T>(value: T | undefined, id: string): T {
  if (value === undefined) throw new Error(`no agency ${id}`)
  return value
}
