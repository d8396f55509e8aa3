import { randomBytes } from 'node:crypto'
import { link, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Writes a file so that it is the one before or the whole new one, whenever the machine stops: the new one is on the disk before it
 * takes the name, and the folder before this resolves. Only the owner reads it.
 */
export async function writeDurably(file: string, content: string): Promise<void> {
  const draft = await writeDraft(file, content)
  await rename(draft, file)
  await flushFolder(dirname(file))
}

/** As writeDurably, but leaves a file that is there already. @returns whether this one was written */
export async function writeOnce(file: string, content: string): Promise<boolean> {
  const draft = await writeDraft(file, content)
  try {
    await link(draft, file)
    await flushFolder(dirname(file))
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Nothing where there is no such file. @throws for any other failure: what cannot be read must not count as never seen */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

const DRAFT = '.draft-'

/** Takes away what was half written when the process ended. */
export async function removeDrafts(folder: string): Promise<void> {
  const drafts = (await readdir(folder)).filter((name) => name.includes(DRAFT))
  await Promise.all(drafts.map((name) => rm(join(folder, name), { force: true })))
}

export async function flushFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}

async function writeDraft(file: string, content: string): Promise<string> {
  const draft = `${file}${DRAFT}${randomBytes(8).toString('hex')}`
  await writeFile(draft, content, { mode: 0o600, flag: 'wx', flush: true })
  return draft
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
