import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'

const PIECE_BYTES = 32
const MOST_PIECES = 12

/** Pieces of what must not be found, from its beginning to its end: bytes may be cut where a page of a table or of the log ends. */
function piecesOf(bytes: Buffer): readonly Buffer[] {
  const pieces = Math.min(MOST_PIECES, Math.floor(bytes.length / PIECE_BYTES))
  const apart = (bytes.length - PIECE_BYTES) / Math.max(1, pieces - 1)
  return Array.from({ length: pieces }, (_, at) => bytes.subarray(Math.floor(apart * at)).subarray(0, PIECE_BYTES))
}

/** The wrapped keys and the sealed bytes of cases and of their attachments, as they stand in the record, in pieces. */
export async function remember(url: string, caseIds: readonly string[]): Promise<readonly Buffer[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ bytes: Buffer }>(
      `select wrapped as bytes from case_key where case_id = any($1)
       union all select sealed from message where case_id = any($1)
       union all select named.wrapped_key from message_attachment named join message on no = message_no where case_id = any($1)
       union all select put.wrapped_key from attachment put where no in (
         select attachment_no from message_attachment join message on no = message_no where case_id = any($1))
       union all select sealed from attachment_chunk where attachment_no in (
         select attachment_no from message_attachment join message on no = message_no where case_id = any($1))`,
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
