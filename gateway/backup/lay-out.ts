import { createHash } from 'node:crypto'
import { ConfigurationFault } from '../base/base.ts'
import { type Description, parseDescription } from './description.ts'
import { DESCRIPTION, MANIFEST, RECORD, SUMS } from './names.ts'
import { type Member, readBackup } from './reading.ts'
import { compareSums, parseSums, type Sums } from './sums.ts'
import type { Writing } from './writing.ts'

/** The largest of what is held in memory: 100 bytes for each of the record's files. */
const LARGEST_TEXT = 128 * 2 ** 20

/**
 * Writes the database cluster of a backup to `target`, and holds each file of the backup to `SHA256SUMS`. What it has written must not be
 * used where it throws.
 * @throws ConfigurationFault that names the first file that is missing, changed, cut off or too many
 */
export async function layOut(backup: string, target: Writing): Promise<Description> {
  const found = new Map<string, string>()
  const texts = new Map<string, Buffer>()
  for await (const { path, content } of readBackup(backup)) {
    if (found.has(path)) throw new ConfigurationFault(`${path} is in the backup twice`)
    const hash = createHash('sha256')
    const hashed = hashing(content, hash)
    if (path === MANIFEST) for await (const _ of hashed);
    else if (path.startsWith(RECORD)) await target.file(placeOf(path), 0, hashed)
    else if (path === DESCRIPTION || path === SUMS) texts.set(path, await readWhole(path, hashed))
    else for await (const _ of hashed);
    found.set(path, hash.digest('hex'))
  }
  const description = check(found, texts)
  for (const folder of description.folders) await target.folder(placeOf(folder))
  await target.end()
  return description
}

const placeOf = (path: string): string => path.slice(RECORD.length)

function check(found: Map<string, string>, texts: ReadonlyMap<string, Buffer>): Description {
  const [sums, description] = [texts.get(SUMS), texts.get(DESCRIPTION)]
  if (sums === undefined) throw new ConfigurationFault(`${SUMS} is missing: this is no backup, or one that was cut off`)
  found.delete(SUMS)
  const wanted: Sums = parseSums(sums.toString())
  compareSums(found, wanted)
  if (description === undefined) throw new ConfigurationFault(`${DESCRIPTION} is missing from the backup`)
  return parseDescription(description)
}

async function* hashing(content: Member['content'], hash: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    hash.update(chunk)
    yield chunk
  }
}

async function readWhole(path: string, content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of content) {
    size += chunk.length
    if (size > LARGEST_TEXT) throw new ConfigurationFault(`${path} of the backup is too large`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
