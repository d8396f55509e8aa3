import { constants, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { ConfigurationFault } from './config.ts'
import { codeOf } from './fault-code.ts'

/** Certificates with their chain, or keys; nothing that belongs here is larger. */
const LARGEST = 256 * 1024

const GROUP_AND_OTHERS = 0o077
const OTHERS_OR_GROUP_WRITES = 0o037

/**
 * Reads a text that anybody may read; UTF-8, with or without a byte order mark.
 * @throws ConfigurationFault where the file cannot be read, is no regular file, is too large or is not in UTF-8
 */
export async function readText(file: string): Promise<string> {
  return await readRegular(file, () => undefined)
}

/**
 * Reads a secret, which nobody but the gateway may be able to: its own file with mode 0600 at most; or root's with 0640 at most,
 * as vaults and container platforms hand them in (PostgreSQL's rule for its `ssl_key_file`).
 * @throws ConfigurationFault as readText, and for another owner and for a looser mode
 */
export async function readSecret(file: string): Promise<string> {
  return await readRegular(file, ({ uid, mode }) => judgeSecret(uid, mode))
}

/** Says what is wrong with a secret's owner or mode, for a process of user `self`. */
export function judgeSecret(uid: number, mode: number, self = process.getuid?.()): string | undefined {
  // Where there are no such users, as on Windows, the system has other ways.
  if (self === undefined) return undefined
  const shown = (mode & 0o7777).toString(8).padStart(4, '0')
  if (uid === self)
    return (mode & GROUP_AND_OTHERS) === 0 ? undefined : `is open to others (mode ${shown}): set its mode to 0600`
  if (uid !== 0) return `belongs to another user (${uid}): it must be the gateway's own (${self}) or root's`
  return (mode & OTHERS_OR_GROUP_WRITES) === 0
    ? undefined
    : `is root's and open to others (mode ${shown}): set its mode to 0640 or 0400`
}

async function readRegular(file: string, judge: (stat: Stats) => string | undefined): Promise<string> {
  try {
    // A pipe without a writer must not hold the start for ever. What is judged is what is read: one handle for both.
    await using handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stat = await handle.stat()
    const fault = stat.isFile() ? judge(stat) : 'is no regular file'
    if (fault !== undefined) throw new ConfigurationFault(`${file} ${fault}`)
    if (stat.size > LARGEST) throw new ConfigurationFault(`${file} is larger than ${LARGEST} bytes`)
    return decode(await handle.readFile(), file)
  } catch (error) {
    if (error instanceof ConfigurationFault) throw error
    throw new ConfigurationFault(`cannot read ${file}: ${codeOf(error)}`)
  }
}

/** Takes a byte order mark away, which editors of Windows write. */
function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ConfigurationFault(`${file} is not text in UTF-8`)
  }
}
