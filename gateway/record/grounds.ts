import { createHash } from 'node:crypto'
import type { PublishedSchema } from '../protocol/protocol.ts'
import { type Database, type Queryable, transaction } from './database.ts'

/** What a signature was judged by, and what a body was judged by: it must outlast whoever has published it. */
export type KeptGrounds = {
  /** Revocation lists, DER. */
  readonly lists: readonly Uint8Array[]
  readonly authorities: readonly { readonly thumbprint: string; readonly pem: string }[]
  readonly schemas: readonly PublishedSchema[]
}

/** Keeps them, durably when it resolves; what is there already stays. */
export async function keepGrounds(database: Database, { lists, authorities, schemas }: KeptGrounds): Promise<void> {
  await transaction(database, async (tx) => {
    await tx.query(
      `insert into authority_certificate (thumbprint, pem) select * from unnest($1::text[], $2::text[]) order by 1
       on conflict do nothing`,
      [authorities.map(({ thumbprint }) => thumbprint), authorities.map(({ pem }) => pem)],
    )
    await tx.query(
      `insert into published_schema (version, type, id, sha256)
       select v, t, i, decode(s, 'hex') from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as one (v, t, i, s) order by v, t
       on conflict do nothing`,
      [
        schemas.map(({ version }) => version),
        schemas.map(({ type }) => type),
        schemas.map(({ id }) => id),
        schemas.map(({ sha256 }) => sha256),
      ],
    )
    // One after the other: each may be large.
    for (const der of lists) {
      const digest = createHash('sha256').update(der).digest()
      await tx.query('insert into revocation_list (digest, der) values ($1, $2) on conflict do nothing', [digest, der])
    }
    return { result: undefined }
  })
}

/** The list of a digest, DER; undefined where it was not kept. */
export async function revocationList(database: Queryable, digest: Buffer): Promise<Buffer | undefined> {
  const { rows } = await database.query<{ der: string }>({
    name: 'revocation-list',
    text: `select encode(der, 'base64') as der from revocation_list where digest = $1`,
    values: [digest],
  })
  return rows[0] && Buffer.from(rows[0].der, 'base64')
}

/** As many as anybody's chains were ever made of, and far more. */
const MOST_AUTHORITIES = 500

/** The certificates of authorities above what was ever found good, PEM. */
export async function authorityCertificates(database: Queryable): Promise<readonly string[]> {
  const { rows } = await database.query<{ pem: string }>({
    name: 'authority-certificates',
    text: `select pem from authority_certificate order by thumbprint limit ${MOST_AUTHORITIES}`,
  })
  return rows.map(({ pem }) => pem)
}

/** The schema that a message's body was judged by. */
export async function schemaOf(
  database: Queryable,
  messageNo: number,
): Promise<{ readonly id: string; readonly sha256: string } | undefined> {
  const { rows } = await database.query<{ id: string; sha256: string }>({
    name: 'schema-of',
    text: `
      select s.id, encode(sha256, 'hex') as sha256 from message m
        join published_schema s on s.version = m.schema_version and s.type = m.type
      where m.no = $1`,
    values: [messageNo],
  })
  return rows[0]
}
