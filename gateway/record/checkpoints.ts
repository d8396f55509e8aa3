import type { Queryable } from './database.ts'

/** A checkpoint of the log in force: how many leaves, their root, when it was signed, and the signed note. */
export type CheckpointRow = {
  readonly size: number
  readonly root: Buffer
  readonly at: Date
  readonly note: string
}

const COLUMNS = 'size, root, at, note'

/** The largest checkpoint. */
export async function latestCheckpoint(database: Queryable): Promise<CheckpointRow | undefined> {
  const { rows } = await database.query<CheckpointRow>({
    name: 'latest-checkpoint',
    text: `select ${COLUMNS} from checkpoint order by size desc limit 1`,
  })
  return rows[0]
}

/** Puts a checkpoint into the record. It is durable when the transaction has ended. */
export async function insertCheckpoint(tx: Queryable, { size, root, at, note }: CheckpointRow): Promise<void> {
  await tx.query(`insert into checkpoint (${COLUMNS}) values ($1, $2, $3, $4)`, [size, root, at, note])
}

/** The lines of witnesses about a checkpoint, those that came first first. */
export async function cosignaturesOf(database: Queryable, size: number): Promise<readonly string[]> {
  const { rows } = await database.query<{ line: string }>({
    name: 'cosignatures-of',
    text: 'select line from cosignature where size = $1 order by at, witness limit 14',
    values: [size],
  })
  return rows.map(({ line }) => line)
}

/** Forgets checkpoints of earlier days but the last of each (UTC), a bounded number at once. Proofs need none of them. */
export async function forgetCheckpoints(database: Queryable, before: Date): Promise<void> {
  await database.query(
    `delete from checkpoint where size in (
       select size from checkpoint c
       where at < $1 and exists (
         select from checkpoint later where later.size > c.size and later.at < $1
           and date_trunc('day', later.at, 'UTC') = date_trunc('day', c.at, 'UTC'))
       order by size limit 1000)`,
    [before],
  )
}
