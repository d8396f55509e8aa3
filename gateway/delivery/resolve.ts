import { type LookupAddress, lookup, promises } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { codeOf } from '../base/base.ts'

/** A name server that says nothing for so long is away. */
const resolver = new promises.Resolver({ timeout: 2_000, tries: 2 })

/** What a resolver says at once of a name that it does not have: the hosts file may. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA'])

/**
 * Resolves an endpoint's name outside libuv's thread pool, where files are read: `getaddrinfo` waits there for a name server that
 * hangs, and a few agencies' would hold up everybody. Only a name that no server has is looked up there, since the
 * hosts file may have it; that takes no time.
 */
export const resolveName: LookupFunction = (hostname, options, callback) => {
  if (isIP(hostname) !== 0 || hostname === 'localhost') return lookup(hostname, options, callback)
  void resolve(hostname).then(({ found, hanging }) => {
    const [first] = found
    if (first === undefined && hanging === undefined) return process.nextTick(lookup, hostname, options, callback)
    const error = first === undefined && hanging instanceof Error ? hanging : null
    if (options.all) return process.nextTick(callback, error, found)
    return process.nextTick(callback, error, first?.address ?? '', first?.family)
  })
}

/** The addresses of a name, and of the failures one that says more than that there is none. */
async function resolve(hostname: string): Promise<{ found: readonly LookupAddress[]; hanging: unknown }> {
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
  const found = [
    ...(v4.status === 'fulfilled' ? v4.value.map((address) => ({ address, family: 4 })) : []),
    ...(v6.status === 'fulfilled' ? v6.value.map((address) => ({ address, family: 6 })) : []),
  ]
  const failures: unknown[] = [v4, v6].flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  return { found, hanging: failures.find((failure) => !ABSENT.has(codeOf(failure))) }
}
