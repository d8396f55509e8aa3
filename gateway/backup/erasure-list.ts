import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ConfigurationFault } from '../base/base.ts'
import { isJsonObject, type JsonObject, parseJson, parseTime, UUID } from '../protocol/protocol.ts'
import { type Database, logState, openUnkeyed, type SignedErasure, signedErasures } from '../record/record.ts'
import { flushFolder } from './writing.ts'

/**
 * A list of all erasures that a record had seen at a time, in JSON Lines: a line that says of which log and at which time; a line for
 * each erasure, with its leaf as it was signed; a line with their number, so that a list that is cut off is none.
 */
export type ListHead = { readonly origin: string; readonly at: Date }

const FORM = 'passerelle-erasures/1'
const PAGE = 1_000
/** A leaf is under 2 KiB. */
const LONGEST_LINE = 16 * 1024
const MOST_ENTRIES = 10_000_000
const NEWLINE = 0x0a

/**
 * Writes the list of a record's erasures, in the place of the list that stood there.
 * @returns how many there are; @throws ConfigurationFault where the record cannot be reached
 */
export async function listErasures(url: string, file: string): Promise<number> {
  const draft = `${file}.${randomUUID()}`
  try {
    await using record = await openUnkeyed(url, () => undefined, false)
    const entries = await writeErasures(record.database, draft)
    await rename(draft, file)
    await flushFolder(dirname(file))
    return entries
  } finally {
    await rm(draft, { force: true })
  }
}

/** Writes the list of a record's erasures to a new file, for its owner alone. @returns how many there are */
export async function writeErasures(database: Database, file: string): Promise<number> {
  const { origin, at } = await logState(database)
  let entries = 0
  async function* lines(): AsyncGenerator<string> {
    yield line({ form: FORM, origin, at })
    let page = await signedErasures(database, PAGE)
    while (page.length > 0) {
      entries += page.length
      yield* page.map(({ actId, caseId, at: erasedAt, jws }) => line({ actId, caseId, at: erasedAt, jws }))
      page = await signedErasures(database, PAGE, page.at(-1))
    }
    yield line({ entries })
  }
  await pipeline(lines, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }))
  return entries
}

const line = (value: object): string => `${JSON.stringify(value)}\n`

/**
 * Reads a list. Whether its leaves were signed by the gateway is not asked here.
 * @returns its head, once `entries` has been read to the end
 * @throws ConfigurationFault where it is not whole, or not what `writeErasures` writes
 */
export async function* readErasures(file: string): AsyncGenerator<SignedErasure, ListHead> {
  const fault = (why: string): ConfigurationFault => new ConfigurationFault(`${file} is no list of erasures: ${why}`)
  let head: ListHead | undefined
  let [read, count] = [0, 0]
  let ended = false
  for await (const bytes of linesOf(file, fault)) {
    read += 1
    const value = readObject(bytes)
    if (value === undefined || ended || count > MOST_ENTRIES) throw fault(`line ${read}`)
    if (head === undefined) head = readHead(value)
    else if (Object.hasOwn(value, 'entries')) ended = Object.keys(value).length === 1 && value['entries'] === count
    else {
      const entry = readEntry(value)
      if (entry === undefined) throw fault(`line ${read}`)
      count += 1
      yield entry
    }
    if (head === undefined) throw fault(`it does not begin with the form ${FORM}`)
  }
  if (head === undefined || !ended) throw fault('it is cut off')
  return head
}

function readHead({ form, origin, at, ...more }: JsonObject): ListHead | undefined {
  const time = parseTime(at)
  if (form !== FORM || typeof origin !== 'string' || time === undefined || Object.keys(more).length > 0)
    return undefined
  return { origin, at: time }
}

function readEntry({ actId, caseId, at, jws, ...more }: JsonObject): SignedErasure | undefined {
  const time = parseTime(at)
  if (!isId(actId) || !isId(caseId) || time === undefined || typeof jws !== 'string' || !COMPACT.test(jws))
    return undefined
  return Object.keys(more).length > 0 ? undefined : { actId, caseId, at: time, jws }
}

/** The characters of a compact JWS (RFC 7515, 7.1). */
const COMPACT = /^[A-Za-z0-9_.-]+$/

const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value)

function readObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = parseJson(bytes)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined // said with the number of its line, and nothing of what it holds
  }
}

/** The lines of a file, each bounded and ended by a line feed. */
async function* linesOf(file: string, fault: (why: string) => ConfigurationFault): AsyncGenerator<Buffer> {
  await using handle = await open(file, 'r')
  if (!(await handle.stat()).isFile()) throw fault('it is no regular file')
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
    let bytes = Buffer.concat([rest, chunk])
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
      if (end > LONGEST_LINE) throw fault('a line is too long')
      yield bytes.subarray(0, end)
      bytes = bytes.subarray(end + 1)
    }
    if (bytes.length > LONGEST_LINE) throw fault('a line is too long')
    rest = bytes
  }
  if (rest.length > 0) throw fault('it is cut off')
}
