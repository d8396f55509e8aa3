import { mkdirSync, realpathSync, statSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { codeOf } from './fault-code.ts'
import { ConfigurationFault } from './setting.ts'

const GROUP_OR_OTHERS_WRITE = 0o022

/**
 * Makes the data folder where there is none, for its owner alone, and gives its real path. Whoever could write there could put
 * keys or a whole record of his own in the place of the gateway's.
 * @throws ConfigurationFault where it cannot be used, belongs to somebody else, or others may write there
 */
export function openDataFolder(folder: string): string {
  let stat: ReturnType<typeof statSync>
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    stat = statSync(folder)
  } catch (error) {
    throw new ConfigurationFault(`cannot use the data folder ${folder} (${codeOf(error)})`, { cause: error })
  }
  const fault = judgeFolder(stat.uid, stat.mode)
  if (fault !== undefined) throw new ConfigurationFault(`the data folder ${folder} ${fault}`)
  return realpathSync(folder)
}

/** Says what is wrong with the owner or mode of a file that others could put in the gateway's way; nothing where it is not there. */
export async function judgeFile(file: string): Promise<string | undefined> {
  const stat = await lstat(file).catch(() => undefined)
  if (stat === undefined) return undefined
  return stat.isFile() ? judgeFolder(stat.uid, stat.mode) : 'is no regular file'
}

/** Says what is wrong with a folder's owner or mode, for a process of user `self`. */
export function judgeFolder(uid: number, mode: number, self = process.getuid?.()): string | undefined {
  if (self === undefined) return undefined
  if (uid !== self && uid !== 0)
    return `belongs to another user (${uid}): it must be the gateway's own (${self}) or root's`
  if ((mode & GROUP_OR_OTHERS_WRITE) === 0) return undefined
  const shown = (mode & 0o7777).toString(8).padStart(4, '0')
  return `can be written by others (mode ${shown}): set its mode to 0700`
}
