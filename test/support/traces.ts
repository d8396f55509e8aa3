import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'

const PIECE_BYTES = 32

/** Pieces of what must not be found: bytes may be cut where a page of a table or of the log ends. */
const piecesOf = (bytes: Buffer): readonly Buffer[] =>
  Array.from({ length: Math.floor(bytes.length / PIECE_BYTES) }, (_, at) =>
    bytes.subarray(PIECE_BYTES * at, PIECE_BYTES * (at + 1)),
  )

/** The wrapped keys and the sealed bytes of cases, as they stand in the record, in pieces. */
export async function remember(url: string, caseIds: readonly string[]): Promise<readonly Buffer[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ bytes: Buffer }>(
      `select wrapped as bytes from case_key where case_id = any($1)
       union all select sealed from message where case_id = any($1)`,
      [caseIds],
    )
    return rows.flatMap(({ bytes }) => piecesOf(bytes))
  } finally {
    await client.end()
  }
}

/** The files of a folder in which any of these bytes stand. */
export function filesWith(folder: string, remembered: readonly Buffer[]): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = join(folder, name)
    // A server makes and removes files as it works.
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false
    const bytes = readFileSync(file)
    return remembered.some((one) => bytes.includes(one))
  })
}
