import { createRecent, type Log } from '../base/base.ts'
import {
  type Certificate,
  type GatewayKeys,
  type Grounds,
  parseCertificates,
  type TrustSnapshot,
} from '../identity/identity.ts'
import type { PublishedSchema } from '../protocol/protocol.ts'
import { type Database, keepGrounds } from '../record/record.ts'

type Needs = {
  readonly database: Database
  readonly trust: () => TrustSnapshot
  readonly keys: () => GatewayKeys
  readonly schemas: readonly PublishedSchema[]
  readonly log: Log
}

/**
 * Keeps what signatures were judged by, durably when it resolves: before a receipt names a list, the record has it. Where all of it was
 * kept before, it costs nothing.
 */
export type Keeping = (grounds: readonly Grounds[]) => Promise<void>

/**
 * Larger lists are not kept: a day's issue of each would fill a disk, and no bundle could hold it. A verifier gets such a list from its
 * authority (docs/evidence.md).
 */
const LARGEST_LIST_BYTES = 8 * 1024 * 1024
/** Lists and certificates that this process knows to be kept. */
const KNOWN = 1_000

/** Opens it. Authorities of the trust folder, and those above the gateway's own certificate, are kept with the first that comes. */
export function openKeeping({ database, trust, keys, schemas, log }: Needs): Keeping {
  const known = createRecent<true>(KNOWN)
  let schemasLeft = schemas

  return async (grounds) => {
    const common = commonGrounds(trust(), keys())
    const lists = [...new Set(grounds.flatMap(({ crl }) => crl ?? []))].filter(({ digest }) => !known.get(digest))
    const authorities = [...new Set([...common, ...grounds.flatMap(({ above }) => above)])].filter(
      ({ thumbprint }) => !known.get(thumbprint),
    )
    if (lists.length === 0 && authorities.length === 0 && schemasLeft.length === 0) return
    const kept = lists.filter(({ der }) => der.length <= LARGEST_LIST_BYTES)
    await keepGrounds(database, { lists: kept.map(({ der }) => der), authorities, schemas: schemasLeft })
    for (const { digest, der } of lists) {
      known.set(digest, true)
      if (der.length > LARGEST_LIST_BYTES)
        log.warn({ digest, bytes: der.length }, 'a revocation list is too large to be kept as evidence')
    }
    for (const { thumbprint } of authorities) known.set(thumbprint, true)
    schemasLeft = []
  }
}

const read = new WeakMap<TrustSnapshot, readonly Certificate[]>()

function commonGrounds(trust: TrustSnapshot, { signer }: GatewayKeys): readonly Certificate[] {
  const folder =
    read.get(trust) ?? parseCertificates(trust.authorities.join('')).filter(({ isAuthority }) => isAuthority)
  read.set(trust, folder)
  return [...folder, ...signer.chain]
}
