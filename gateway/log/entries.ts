import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Agency, type Lane, priorities } from '../protocol/protocol.ts'
import type { GatewayKeys, RegisteredAgency, Registry } from '../identity/identity.ts'
import {
  type Database,
  forgetEntries,
  hold,
  lockParties,
  loggedEntries,
  type PinnedCertificate,
  recordEntries,
  recordPins,
  release as releaseHeld,
  transaction,
  waitingForOthers,
} from '../record/record.ts'
import type { Log } from '../base/base.ts'
import type { Issuer } from './issue.ts'

type Needs = {
  readonly database: Database
  readonly keys: GatewayKeys
  readonly issuer: Issuer
  readonly log: Log
  readonly now: () => Date
}

/** A party as the evidence log tells it (protocol section 10, `registry-entry+jws`). */
type Party = {
  readonly id: string
  readonly certificates: readonly { use: 'tls' | 'signing'; thumbprint: string }[]
} & Partial<Pick<Agency, 'country' | 'kind' | 'roles' | 'status'>>

/**
 * Puts a registry in force in the record: each entry that is new or has changed becomes a leaf of the log, so that no key is
 * quietly pinned for a minute; certificates are remembered for ever; deliveries to suspended agencies are held, those to
 * agencies that are active again go on.
 */
export async function enforceRegistry(
  { database, keys, issuer, log, now: clock }: Needs,
  registry: Registry,
  release: (lane: Lane) => void,
): Promise<void> {
  const now = clock()
  const agencies = [...registry.agencies.values()]
  const own = { id: keys.id, certificates: [pinOf('tls', keys.tls), pinOf('signing', keys.signer)] }
  const parties: readonly Party[] = [own, ...agencies.map(partyOf)]
  const released = await transaction(database, async (tx) => {
    await lockParties(tx)
    await recordPins(tx, pinsOf(keys, agencies), now)
    const logged = await loggedEntries(tx)
    const changed = parties
      .map((party) => ({ party, digest: createHash('sha256').update(JSON.stringify(party)).digest() }))
      .filter(({ party, digest }) => logged.get(party.id)?.equals(digest) !== true)
    const known = parties.map(({ id }) => id)
    // Whoever comes back comes into force again, also unchanged.
    const left = await forgetEntries(tx, known)
    // Who is no longer in the file is held like who is suspended: a misspelt id must not lose what waits for it.
    const gone = await waitingForOthers(tx, known)
    if (gone.length > 0)
      log.warn({ agencies: gone }, 'agencies that something waits for are not in the registry: it is held')
    const suspended = agencies.filter(({ status }) => status === 'suspended').map(({ id }) => id)
    await hold(tx, [...suspended, ...gone, ...left], now)
    const active = agencies.filter(({ status }) => status === 'active').map(({ id }) => id)
    const result = await releaseHeld(tx, active, now)
    if (changed.length === 0) return { result }
    const entries = await Promise.all(
      changed.map(async ({ party, digest }) => ({ party: party.id, digest, leaf: await issuer.entry(party, now) })),
    )
    return { result, pending: [recordEntries(tx, entries)] }
  })
  for (const recipient of released) for (const priority of priorities.keys()) release({ recipient, priority })
}

const RETRY_MS = 2_000

/**
 * Puts registries in force in the record as they come, one after the other, the newest until it is done: where the record is
 * away just then, no key stays pinned without its leaf and nothing stays held.
 */
export function followRegistry(
  needs: Needs,
  release: (lane: Lane) => void,
  stopping: AbortSignal,
): (next: Registry) => void {
  let wanted: Registry | undefined
  let running = false
  async function run(): Promise<void> {
    running = true
    while (wanted !== undefined && !stopping.aborted) {
      const next = wanted
      try {
        await enforceRegistry(needs, next, release)
        if (wanted === next) wanted = undefined
      } catch (error) {
        needs.log.error({ err: error }, 'the registry in force could not be recorded; it is tried again')
        await pause(RETRY_MS, undefined, { signal: stopping }).catch(() => undefined)
      }
    }
    running = false
  }
  return (next) => {
    wanted = next
    if (!running) void run()
  }
}

const pinOf = (use: 'tls' | 'signing', { certificate }: { certificate: { thumbprint: string } }) => ({
  use,
  thumbprint: certificate.thumbprint,
})

function partyOf({ id, country, kind, roles, status, certificates }: RegisteredAgency): Party {
  return { id, country, kind, roles, status, certificates: certificates.map((pin) => pinOf(pin.use, pin)) }
}

function pinsOf(keys: GatewayKeys, agencies: readonly RegisteredAgency[]): readonly PinnedCertificate[] {
  const pins = agencies.flatMap(({ id, certificates }) =>
    certificates.map(({ use, certificate: { thumbprint, pem } }) => ({ party: id, use, thumbprint, pem })),
  )
  const { thumbprint, pem } = keys.signer.certificate
  const tls = keys.tls.certificate
  return [
    ...pins,
    { party: keys.id, use: 'tls', thumbprint: tls.thumbprint, pem: tls.pem },
    { party: keys.id, use: 'signing', thumbprint, pem },
  ]
}
