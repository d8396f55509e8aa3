import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const LOCK = 'lock.json'

/** Who holds a folder. */
export type Holder = { readonly pid: number; readonly page: string }

/** Gives who holds the folder, where that process still runs. */
export async function holderOf(folder: string): Promise<Holder | undefined> {
  try {
    const { pid, page } = JSON.parse(await readFile(join(folder, LOCK), 'utf8')) as Holder
    process.kill(pid, 0)
    return { pid, page }
  } catch {
    return undefined
  }
}

/** Takes the folder, or says who has it. Two sandboxes on one record would each be half of one. */
export async function takeFolder(
  folder: string,
): Promise<{ hold(page: string): Promise<void>; release(): Promise<void> } | Holder> {
  const path = join(folder, LOCK)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const holder = await holderOf(folder)
  if (holder !== undefined) return holder
  await rm(path, { force: true })
  const write = (page: string, flag: 'w' | 'wx') =>
    writeFile(path, JSON.stringify({ pid: process.pid, page } satisfies Holder), { flag, mode: 0o600 })
  await write('', 'wx')
  return { hold: (page) => write(page, 'w'), release: () => rm(path, { force: true }) }
}
