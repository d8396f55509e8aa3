import type { Queryable } from './database.ts'
import { appending, type Leaf } from './leaves.ts'

/** Serializes processes that put the same registry in force: the bytes of «PART». */
const PARTIES_LOCK = 0x50415254

/** A certificate as the registry pins it. */
export type PinnedCertificate = {
  readonly party: string
  readonly use: 'tls' | 'signing'
  readonly thumbprint: string
  readonly pem: string
}

/** Waits until no other process is putting a registry in force, until the transaction ends. */
export async function lockParties(tx: Queryable): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [PARTIES_LOCK])
}

/**
 * Records what is pinned now, and since when what is no longer pinned was dropped. Nothing is ever forgotten.
 * @param except whose pins stay as they are
 */
export async function recordPins(
  tx: Queryable,
  pins: readonly PinnedCertificate[],
  now: Date,
  except?: string,
): Promise<void> {
  const thumbprints = pins.map(({ thumbprint }) => thumbprint)
  await tx.query(
    `insert into pinned_certificate (thumbprint, party, use, pem, pinned_at)
     select t, p, u, c, $5 from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as pin (t, p, u, c)
     on conflict (thumbprint, party, use) do update set dropped_at = null
       where pinned_certificate.dropped_at is not null`,
    [thumbprints, pins.map(({ party }) => party), pins.map(({ use }) => use), pins.map(({ pem }) => pem), now],
  )
  await tx.query(
    `update pinned_certificate set dropped_at = $4
     where dropped_at is null and party is distinct from $5
       and (thumbprint, party, use) not in (select * from unnest($1::text[], $2::text[], $3::text[]))`,
    [thumbprints, pins.map(({ party }) => party), pins.map(({ use }) => use), now, except],
  )
}

/** The signing certificates that were ever pinned, oldest first; of one party, or of all. */
export async function signingCertificates(
  database: Queryable,
  party?: string,
): Promise<readonly { party: string; pem: string }[]> {
  const { rows } = await database.query<{ party: string; pem: string }>(
    `select party, pem from pinned_certificate where use = 'signing' and party = coalesce($1, party)
     order by pinned_at, thumbprint`,
    [party],
  )
  return rows
}

/** What was last put into the log of each party: the digest of its entry. */
export async function loggedEntries(tx: Queryable): Promise<ReadonlyMap<string, Buffer>> {
  const { rows } = await tx.query<{ party: string; digest: Buffer }>('select party, digest from party_entry')
  return new Map(rows.map(({ party, digest }) => [party, digest]))
}

/** Appends parties' entries to the log, and remembers which leaf holds each, and held those before. */
export async function recordEntries(
  tx: Queryable,
  entries: readonly { party: string; digest: Buffer; leaf: Leaf }[],
): Promise<void> {
  const appended = appending(
    entries.map(({ leaf }) => leaf),
    2,
  )
  await tx.query(
    `with appended as materialized (select ${appended.sql} as first),
     entry as materialized (
       select party, digest, first + ord - 1 as leaf_index
       from appended, unnest($1::text[], $2::bytea[]) with ordinality as one (party, digest, ord)),
     remembered as (insert into party_leaf (party, leaf_index) select party, leaf_index from entry)
     insert into party_entry (party, digest, leaf_index) select party, digest, leaf_index from entry
     on conflict (party) do update set digest = excluded.digest, leaf_index = excluded.leaf_index`,
    [entries.map(({ party }) => party), entries.map(({ digest }) => digest), ...appended.values],
  )
}

/**
 * Forgets the entries of parties other than these: the leaves stay, and an entry that comes back is a new one.
 * @returns the parties that had one until now
 */
export async function forgetEntries(tx: Queryable, parties: readonly string[]): Promise<readonly string[]> {
  const { rows } = await tx.query<{ party: string }>(
    'delete from party_entry where party <> all($1::text[]) returning party',
    [parties],
  )
  return rows.map(({ party }) => party)
}

/** Begins to hold deliveries to these agencies; those held already go on as they are. */
export async function hold(tx: Queryable, agencies: readonly string[], now: Date): Promise<void> {
  await tx.query('insert into hold (agency, since) select unnest($1::text[]), $2 on conflict do nothing', [
    agencies,
    now,
  ])
}

/**
 * Has what waits for a desk of these agencies to open looked at again: their hours may be others now. What has been tried before keeps its
 * turn.
 * @returns the agencies for which something waited
 */
export async function reconsider(tx: Queryable, agencies: readonly string[], now: Date): Promise<readonly string[]> {
  const { rows } = await tx.query<{ agency: string }>(
    `with waited as (update delivery set due_at = $2
        where recipient = any($1) and state = 'accepted' and deadline is null and due_at > $2 returning recipient)
     select distinct recipient agency from waited`,
    [agencies, now],
  )
  return rows.map(({ agency }) => agency)
}

/**
 * Lets deliveries go on, unless an operator holds them: the horizon of what waited is longer by the time that it was held, which is
 * remembered.
 * @returns the agencies that were held
 */
export async function release(tx: Queryable, agencies: readonly string[], now: Date): Promise<readonly string[]> {
  const { rows } = await tx.query<{ agency: string }>(
    `with released as (delete from hold where agency = any($1) and not exists (select from pause where pause.agency = hold.agency)
        returning agency, since),
      remembered as (
        insert into held (agency, since, until) select agency, since, $2 from released on conflict do nothing),
      extended as (
        update delivery d set deadline = d.deadline + ($2::timestamptz - since) from released
        where d.recipient = agency and d.state = 'accepted' and d.deadline is not null)
     select agency from released`,
    [agencies, now],
  )
  return rows.map(({ agency }) => agency)
}
