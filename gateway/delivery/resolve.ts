import { type LookupAddress, type LookupOptions, lookup, promises } from 'node:dns'
import { readFile } from 'node:fs/promises'
import { isIP, type LookupFunction } from 'node:net'
import { codeOf, createRecent, within } from '../base/base.ts'
import { DeliveryFault } from './fault.ts'
import { addressesIn, isFilesFirst } from './hosts-file.ts'

/** Where the system looks names up. */
export type NameSources = {
  readonly hostsFile: string
  readonly switchFile: string
  /** Name servers; without them, those that the system has at that time. */
  readonly servers?: readonly string[]
  /** Asks whatever else the system knows (search domains, mDNS, a directory); it holds a thread of libuv's pool meanwhile. */
  readonly askSystem: (name: string) => Promise<readonly LookupAddress[]>
}

const SYSTEM: NameSources = {
  hostsFile: '/etc/hosts',
  switchFile: '/etc/nsswitch.conf',
  askSystem: async (name) => await promises.lookup(name, { all: true }),
}

/** A name server that says nothing for so long is away. */
const SILENCE_MS = 2_000
/** An address counts as long as its name server says, within these bounds. */
const LEAST_MS = 1_000
const MOST_MS = 60_000
const REMEMBERED = 512
/** The system is asked for one name at a time: it cannot be told to stop, and a thread of four must do for it. */
const SYSTEM_MS = 4_000

/** What a resolver says at once of a name that it does not have: the system may know it from elsewhere. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA'])

type Found = { readonly addresses: readonly LookupAddress[]; readonly forMs: number }

/**
 * Makes the look-up of endpoints' names: as the system does, the hosts file and then DNS (or the other way round, where
 * nsswitch.conf says so), and last what else the system may know. DNS is asked outside libuv's thread pool, where all signatures
 * are made: `getaddrinfo` waits there for a name server that hangs, and a few agencies' would hold up everybody.
 * It fails with a DeliveryFault: `host-not-found` where nobody has the name, `name-not-resolved` where that could not be found out.
 */
export function createLookup(sources: NameSources = SYSTEM): LookupFunction {
  const known = createRecent<{ readonly until: number; readonly addresses: readonly LookupAddress[] }>(REMEMBERED)
  const asking = new Map<string, Promise<readonly LookupAddress[]>>()
  const askSystem = oneAtATime(sources.askSystem)

  async function find(name: string): Promise<readonly LookupAddress[]> {
    const remembered = known.get(name)
    if (remembered !== undefined && remembered.until > performance.now()) return remembered.addresses
    const { addresses, forMs } = await ask(name)
    known.set(name, { until: performance.now() + forMs, addresses })
    return addresses
  }

  async function ask(name: string): Promise<Found> {
    const fromFile = addressesIn(await readIfThere(sources.hostsFile), name)
    const filesFirst = isFilesFirst(await readIfThere(sources.switchFile))
    if (fromFile.length > 0 && filesFirst) return { addresses: fromFile, forMs: LEAST_MS }
    const { found, fault } = await askServers(name, sources.servers)
    if (found !== undefined) return found
    if (fromFile.length > 0) return { addresses: fromFile, forMs: LEAST_MS }
    if (fault !== undefined) throw fault
    return { addresses: await askSystem(name), forMs: LEAST_MS }
  }

  return (name, options, callback) => {
    if (isIP(name) !== 0) return lookup(name, options, callback)
    const key = name.toLowerCase()
    // Names that are what they are, wherever one asks (RFC 6761, 6.3 and 6.4).
    if (/(?:^|\.)localhost$/.test(key)) return lookup('localhost', options, callback)
    if (/(?:^|\.)invalid$/.test(key)) return answer([], options, callback)
    const asked = asking.get(key) ?? find(key).finally(() => asking.delete(key))
    asking.set(key, asked)
    asked.then(
      (addresses) => answer(chosen(addresses, options), options, callback),
      (error: Error) => process.nextTick(callback, error, [], 0),
    )
  }
}

function answer(
  addresses: readonly LookupAddress[],
  options: LookupOptions,
  callback: Parameters<LookupFunction>[2],
): void {
  const [first] = addresses
  if (first === undefined) return process.nextTick(callback, new DeliveryFault('host-not-found'), [], 0)
  if (options.all) return process.nextTick(callback, null, [...addresses])
  return process.nextTick(callback, null, first.address, first.family)
}

/** Of the family that is wanted. */
function chosen(addresses: readonly LookupAddress[], { family }: LookupOptions): readonly LookupAddress[] {
  const wanted = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0)
  return addresses.filter((one) => wanted === 0 || one.family === wanted)
}

/** What name servers say: addresses, or why not, or neither, where they do not have the name. */
async function askServers(
  name: string,
  servers: readonly string[] | undefined,
): Promise<{ readonly found?: Found; readonly fault?: DeliveryFault }> {
  // Made for each name: it knows the servers that the system has now.
  const resolver = new promises.Resolver({ timeout: SILENCE_MS, tries: 2 })
  if (servers !== undefined) resolver.setServers(servers)
  const [v4, v6] = await Promise.allSettled([
    resolver.resolve4(name, { ttl: true }),
    resolver.resolve6(name, { ttl: true }),
  ])
  const records = [
    ...(v4.status === 'fulfilled' ? v4.value.map((record) => ({ ...record, family: 4 })) : []),
    ...(v6.status === 'fulfilled' ? v6.value.map((record) => ({ ...record, family: 6 })) : []),
  ]
  if (records.length > 0) {
    const forMs = Math.min(Math.max(Math.min(...records.map(({ ttl }) => ttl)) * 1000, LEAST_MS), MOST_MS)
    return { found: { addresses: records.map(({ address, family }) => ({ address, family })), forMs } }
  }
  const failed = [v4, v6].some((one) => one.status === 'rejected' && !ABSENT.has(codeOf(one.reason)))
  return failed ? { fault: new DeliveryFault('name-not-resolved') } : {}
}

/** One name after the other; who waits too long for its turn and the answer gets none. */
function oneAtATime(ask: NameSources['askSystem']): NameSources['askSystem'] {
  let before: Promise<unknown> = Promise.resolve()
  return async (name) => {
    let isWanted = true
    const asked = before.then(() => (isWanted ? ask(name) : []))
    before = asked.catch(() => undefined)
    const outcome = await within(
      SYSTEM_MS,
      asked.catch(
        (error: unknown) => new DeliveryFault(codeOf(error) === 'ENOTFOUND' ? 'host-not-found' : 'name-not-resolved'),
      ),
    )
    isWanted = false
    if (outcome === undefined) throw new DeliveryFault('name-not-resolved')
    if (outcome instanceof DeliveryFault) throw outcome
    return outcome
  }
}

async function readIfThere(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '')
}
