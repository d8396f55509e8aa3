import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
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
  reconsider,
  release as releaseHeld,
  transaction,
  waitingForOthers,
} from '../record/record.ts'
import type { Log } from '../base/base.ts'
import type { Issuer } from './issue.ts'

type Needs = {
  readonly database: Database
  readonly issuer: Issuer
  readonly log: Log
  readonly now: () => Date
}

/**
 * Who takes part, and by which certificates the gateway itself does: without these, its own entry stays as another process may just
 * have changed it.
 */
export type InForce = {
  readonly registry: Registry
  readonly keys?: GatewayKeys
  /** What was in force before, as far as this process knows. */
  readonly before?: Registry
}

/** A party as the evidence log tells it (protocol section 10, `registry-entry+jws`). */
type Party = {
  readonly id: string
  readonly certificates: readonly { use: 'tls' | 'signing'; thumbprint: string }[]
} & Partial<Pick<Agency, 'country' | 'kind' | 'roles' | 'status'>>

/**
 * Puts a registry, and the gateway's own certificates, in force in the record: each entry that is new or has changed becomes a leaf of
 * the log, so that no key is quietly pinned for a minute; certificates are remembered for ever; deliveries to suspended agencies are
 * held, those to agencies that are active again go on; what waits for a desk whose hours are others now is looked at again.
 */
export async function enforce(
  { database, issuer, log, now: clock }: Needs,
  { registry, keys, before }: InForce,
  release: (lane: Lane) => void,
): Promise<void> {
  const now = clock()
  const agencies = [...registry.agencies.values()]
  const own = keys && { id: keys.id, certificates: [pinOf('tls', keys.tls), pinOf('signing', keys.signer)] }
  const parties: readonly Party[] = [...(own ? [own] : []), ...agencies.map(partyOf)]
  const released = await transaction(database, async (tx) => {
    await lockParties(tx)
    const pins = [...(keys ? ownPins(keys) : []), ...pinsOf(agencies)]
    await recordPins(tx, pins, now, keys ? undefined : issuer.gateway)
    const logged = await loggedEntries(tx)
    const changed = parties
      .map((party) => ({ party, digest: createHash('sha256').update(JSON.stringify(party)).digest() }))
      .filter(({ party, digest }) => logged.get(party.id)?.equals(digest) !== true)
    const known = [issuer.gateway, ...agencies.map(({ id }) => id)]
    // Whoever comes back comes into force again, also unchanged.
    const left = await forgetEntries(tx, known)
    // Who is no longer in the file is held like who is suspended: a misspelt id must not lose what waits for it.
    const gone = await waitingForOthers(tx, known)
    if (gone.length > 0)
      log.warn({ agencies: gone }, 'agencies that something waits for are not in the registry: it is held')
    const suspended = agencies.filter(({ status }) => status === 'suspended').map(({ id }) => id)
    await hold(tx, [...suspended, ...gone, ...left], now)
    const active = agencies.filter(({ status }) => status === 'active').map(({ id }) => id)
    const released = await releaseHeld(tx, active, now)
    const reopened = await reconsider(
      tx,
      active.filter((id) => hasOtherDesks(id, registry, before)),
      now,
    )
    const result = new Set([...released, ...reopened])
    if (changed.length === 0) return { result }
    const entries = await Promise.all(
      changed.map(async ({ party, digest }) => ({ party: party.id, digest, leaf: await issuer.entry(party, now) })),
    )
    return { result, pending: [recordEntries(tx, entries)] }
  })
  for (const recipient of released) for (const priority of priorities.keys()) release({ recipient, priority })
}

const hasOtherDesks = (id: string, now: Registry, before: Registry | undefined): boolean =>
  !isDeepStrictEqual(now.agencies.get(id)?.desks, before?.agencies.get(id)?.desks)

const RETRY_MS = 2_000

/**
 * Puts registries and certificates in force in the record as they come, one after the other, the newest until it is done: where the
 * record is away just then, no key stays pinned without its leaf and nothing stays held.
 */
export function follow(
  needs: Needs,
  inForce: InForce,
  release: (lane: Lane) => void,
  stopping: AbortSignal,
): (next: Partial<InForce>) => Promise<void> {
  let wanted: InForce = { registry: inForce.registry }
  let before = inForce.registry
  let turn: Promise<void> = Promise.resolve()
  async function run(): Promise<void> {
    for (;;) {
      stopping.throwIfAborted()
      const next = wanted
      try {
        await enforce(needs, { ...next, before }, release)
        before = next.registry
        if (wanted.keys === next.keys) wanted = { registry: wanted.registry }
        return
      } catch (error) {
        needs.log.error({ err: error }, 'the registry in force could not be recorded; it is tried again')
        await pause(RETRY_MS, undefined, { signal: stopping })
      }
    }
  }
  return (next) => {
    wanted = { ...wanted, ...next }
    const done = turn.then(run)
    turn = done.catch(() => undefined)
    return done
  }
}

const pinOf = (use: 'tls' | 'signing', { certificate }: { certificate: { thumbprint: string } }) => ({
  use,
  thumbprint: certificate.thumbprint,
})

function partyOf({ id, country, kind, roles, status, certificates }: RegisteredAgency): Party {
  return { id, country, kind, roles, status, certificates: certificates.map((pin) => pinOf(pin.use, pin)) }
}

function pinsOf(agencies: readonly RegisteredAgency[]): readonly PinnedCertificate[] {
  return agencies.flatMap(({ id, certificates }) =>
    certificates.map(({ use, certificate: { thumbprint, pem } }) => ({ party: id, use, thumbprint, pem })),
  )
}

function ownPins({ id, tls, signer }: GatewayKeys): readonly PinnedCertificate[] {
  const pin = (use: 'tls' | 'signing', { thumbprint, pem }: GatewayKeys['tls']['certificate']) => {
    return { party: id, use, thumbprint, pem }
  }
  return [pin('tls', tls.certificate), pin('signing', signer.certificate)]
}
