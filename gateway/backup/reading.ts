import { createReadStream, constants } from 'node:fs'
import { lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { extract } from 'tar-stream'
import { ConfigurationFault } from '../base/base.ts'
import { isSafePath } from './sums.ts'

/** A file of a backup. Its content must be read to the end before the next one is asked for. */
export type Member = { readonly path: string; readonly content: AsyncIterable<Uint8Array> }

/**
 * Gives every file of a backup, whether it is a folder or one file.
 * @throws ConfigurationFault for what a backup does not have: a link, a device, a name that leads elsewhere, an archive that is cut off
 */
export async function* readBackup(backup: string): AsyncGenerator<Member> {
  const stat = await lstat(backup)
  if (stat.isDirectory()) yield* readFolder(backup, '')
  else if (stat.isFile()) yield* readTar(backup)
  else throw new ConfigurationFault(`${backup} is neither a folder nor a file`)
}

async function* readFolder(root: string, below: string): AsyncGenerator<Member> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    requireSafe(path)
    if (entry.isDirectory()) yield* readFolder(root, path)
    else if (entry.isFile()) yield { path, content: readFileOnly(join(root, path)) }
    else throw new ConfigurationFault(`${path} of the backup is no file`)
  }
}

async function* readFileOnly(file: string): AsyncGenerator<Uint8Array> {
  await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW)
  yield* handle.createReadStream({ autoClose: false })
}

async function* readTar(file: string): AsyncGenerator<Member> {
  const archive = extract()
  pipeline(createReadStream(file), archive, () => undefined) // what fails is told by `archive`
  for await (const entry of whole(file, archive)) {
    const { name, type } = entry.header
    requireSafe(name)
    if (type !== 'file') throw new ConfigurationFault(`${name} of the backup is no file`)
    yield { path: name, content: whole(file, entry) }
  }
}

/** Gives what is read of an archive. @throws ConfigurationFault where it ends before it should */
async function* whole<T>(file: string, read: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* read
  } catch (error) {
    throw new ConfigurationFault(`${file} is cut off, or no backup`, { cause: error })
  }
}

function requireSafe(path: string): void {
  if (!isSafePath(path)) throw new ConfigurationFault(`the backup has a file of a name that no backup has`)
}
