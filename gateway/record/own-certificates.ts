import type { Queryable } from './database.ts'

/** The TLS certificates that a party shows, the newest first, and those that it has stopped to show since a time. */
export async function shownCertificates(database: Queryable, party: string, since: Date): Promise<readonly string[]> {
  const { rows } = await database.query<{ pem: string }>(
    `select pem from pinned_certificate where use = 'tls' and party = $1 and (dropped_at is null or dropped_at > $2)
     order by pinned_at desc, thumbprint`,
    [party, since],
  )
  return rows.map(({ pem }) => pem)
}
