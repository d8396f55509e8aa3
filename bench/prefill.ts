import { Client } from 'pg'
import { recipient, sender } from './messages.ts'

/** Rows a statement: PostgreSQL keeps a statement's pending work in memory. */
const CHUNK = 50_000

/**
 * Puts so many messages into the record of a gateway that has been started on it: each accepted, consigned and, but for every tenth,
 * acknowledged, with its case's key and its three leaves. Nobody reads their contents, so those are short: what an insert or a page
 * costs depends on the rows and the indexes, and 1 million whole messages would be 10 GB.
 */
export async function fillRecord(databaseUrl: string, count: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    // made again at every start, this data need not survive a crash; it is all on disk by the checkpoint before the next run
    await client.query('set synchronous_commit = off')
    for (let done = 0; done < count; done += CHUNK) {
      await client.query(FILL, [Math.min(CHUNK, count - done), sender, recipient])
    }
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

const FILL = `
  with made as (
    insert into message (sender, id, recipient, case_id, type, schema_version, priority, digest, size, accepted_at, sealed)
    select $2::text, uuidv7(), $3::text, uuidv7(), 'referral', '1.0', 2, sha256(nth::text::bytea), 5000, now(), sha256('sealed')
    from generate_series(1, $1::int) as nth
    returning no, case_id, accepted_at),
  numbered as (
    select made.*, row_number() over (order by no) as nth, log.size + 3 * (row_number() over (order by no) - 1) as first
    from made, log),
  keys as (
    insert into case_key (case_id, wrapped)
    select case_id, (select id from data_key where is_current) || sha256('wrapped') from numbered),
  deliveries as (
    insert into delivery (message_no, recipient, priority, state, attempts, due_at, consigned_leaf, answer_leaf)
    select no, $3, 2, case when nth % 10 = 0 then 'consigned' else 'handed-over' end, 1, accepted_at, first + 1,
      case when nth % 10 = 0 then null else first + 2 end
    from numbered),
  leaves as (
    insert into leaf (index, id, typ, jws, event, message_no, feed)
    select first + place - 1, uuidv7(), 'delivery-receipt+jws', sha256('jws'), event, no, $2
    from numbered, unnest(array['SubmissionAcceptance', 'ContentConsignment', 'ContentHandover'])
      with ordinality as events (event, place))
  update log set size = size + 3 * $1::int`
