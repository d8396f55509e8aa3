import { statfs } from 'node:fs/promises'
import { every } from '../base/base.ts'

/** The disk that the record is on: `low` is an alarm, `full` refuses what would fill it further; `unknown` where nobody can tell. */
export type DiskState = 'unknown' | 'enough' | 'low' | 'full'
export type Disk = { state(): DiskState; close(): Promise<void> }

type Free = { readonly bavail: number; readonly blocks: number; readonly bsize: number }

const GIB = 2 ** 30
const LOW_BYTES = 2 * GIB
const LOW_SHARE = 0.1
/**
 * PostgreSQL stops where it cannot write its log, of which it may need 1 GiB between two checkpoints by default; what is under way
 * when this is seen must still find room.
 */
const FULL_BYTES = GIB
const LOOK_MS = 2_000

/** What so much free space means. */
export function judgeDisk({ bavail, blocks, bsize }: Free): DiskState {
  const free = bavail * bsize
  if (free < FULL_BYTES) return 'full'
  return free < LOW_BYTES || bavail < blocks * LOW_SHARE ? 'low' : 'enough'
}

/**
 * Watches the disk of a folder; has looked once when it resolves. Where it cannot be read later, nobody can tell.
 * @param folder nothing where the record stands on another machine
 * @param onError hears of a folder that can no longer be read, once until it can
 * @throws the system's fault where it cannot be read now
 */
export async function watchDisk(
  folder: string | undefined,
  onError: (error: unknown) => void,
  measure: (path: string) => Promise<Free> = statfs,
): Promise<Disk> {
  if (folder === undefined) return { state: () => 'unknown', close: async () => undefined }
  let state: DiskState = judgeDisk(await measure(folder))
  const stop = every(
    LOOK_MS,
    async () => {
      state = judgeDisk(await measure(folder))
    },
    (error) => {
      if (state !== 'unknown') onError(error)
      state = 'unknown'
    },
  )
  return { state: () => state, close: stop }
}
