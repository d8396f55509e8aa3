import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { codeOf, ConfigurationFault, type FaultPoint, judgeFile } from '../base/base.ts'
import { isJsonObject, parseBase64, parseJson } from '../protocol/protocol.ts'
import type { Published } from '../record/record.ts'

/** The largest checkpoint of each log that this process knows to have been published, the log in force last. */
export type Marks = readonly (Published & { readonly root: Buffer })[]

/** More successors than a record will ever have. */
const MOST = 16

/**
 * Where it stands: beside the data folder and not in it, so that a data folder which is brought back from a backup does not bring back
 * what was known then.
 */
export const markFile = (dataFolder: string): string => `${resolve(dataFolder)}.published.json`

/**
 * Reads what was published; empty where there is no file.
 * @throws ConfigurationFault where it cannot be read, is not as it was written, or belongs to somebody else: whoever could write it
 *   could have the log go on, or be closed
 */
export async function readMarks(file: string): Promise<Marks> {
  const fault = await judgeFile(file)
  if (fault !== undefined) throw new ConfigurationFault(`${file} ${fault}`)
  const text = await readFile(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new ConfigurationFault(`cannot read ${file}: ${codeOf(error)}`)
  })
  if (text === undefined) return []
  try {
    const read = parseJson(text)
    const logs = isJsonObject(read) ? read['logs'] : undefined
    if (Array.isArray(logs) && logs.length <= MOST) return logs.map(parseMark)
  } catch {
    // It is as if it were something else.
  }
  throw new ConfigurationFault(`${file} does not say what was published of the evidence log`)
}

function parseMark(value: unknown): Marks[number] {
  const { origin, size, root } = Object(value) as Readonly<Record<string, unknown>>
  const bytes = typeof root === 'string' ? parseBase64(root) : undefined
  if (typeof origin !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || bytes?.length !== 32)
    throw new Error('not as it was written')
  return { origin, size, root: bytes }
}

/**
 * Writes it down, whole or not at all, and on the disk when it resolves. Nothing in it is secret. One process at a time.
 * @param fault where a test may end the process
 */
export async function writeMarks(file: string, marks: Marks, fault: FaultPoint): Promise<void> {
  const logs = marks.slice(-MOST).map(({ origin, size, root }) => ({ origin, size, root: root.toString('base64') }))
  const draft = `${file}.new`
  {
    // Made anew: whoever else may write in this folder could have put a link there.
    await rm(draft, { force: true })
    await using handle = await open(draft, 'wx', 0o644)
    await handle.writeFile(`${JSON.stringify({ logs }, undefined, 1)}\n`)
    await handle.sync()
  }
  fault('mark-drafted')
  await rename(draft, file)
  fault('mark-renamed')
  await using folder = await open(dirname(file), 'r')
  await folder.sync()
}
