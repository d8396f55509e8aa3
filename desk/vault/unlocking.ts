import type { Bytes } from './bytes.ts'
import type { Database } from './database.ts'
import { askDevice } from './device.ts'
import { openByDevice, openByPassphrase, type Lock, type PassphraseLock } from './locks.ts'
import { waitAfter } from './passphrase.ts'

/** What came of an attempt: the vault's secret, or why not; `wait` is how many ms no further attempt is made. */
export type Attempt = { readonly secret: Bytes } | { readonly fault: 'wrong' } | { readonly wait: number }

const WRONG = 'wrong'

/** Tries a passphrase. Wrong ones are counted in the database, so that a page that is loaded again waits too. */
export async function tryPassphrase(
  database: Database,
  lock: PassphraseLock,
  { passphrase, now }: { readonly passphrase: string; readonly now: Date },
): Promise<Attempt> {
  const { times, until } = (await database.get('tries', WRONG)) ?? { times: 0, until: 0 }
  const left = until - now.getTime()
  // A clock that was set makes nobody wait longer than the count does.
  if (left > 0) return { wait: Math.min(left, waitAfter(times)) }
  const secret = await openByPassphrase(lock, passphrase)
  if (secret !== undefined) {
    await database.delete('tries', WRONG)
    return { secret }
  }
  const wait = waitAfter(times + 1)
  await database.put('tries', { id: WRONG, times: times + 1, until: now.getTime() + wait })
  return { fault: 'wrong' }
}

/** Has the device recognise its person; gives the vault's secret, or nothing. */
export async function tryDevice(lock: Extract<Lock, { kind: 'device' }>): Promise<Bytes | undefined> {
  const output = await askDevice(lock)
  return output && (await openByDevice(lock, output))
}
