import type { Log } from '../base/base.ts'
import type { Registry } from '../identity/identity.ts'
import {
  closeLog,
  type Database,
  latestCheckpoint,
  type LogInForce,
  logInForce,
  type Published,
  transaction,
} from '../record/record.ts'
import { agrees } from './growing.ts'
import { signedTree } from './signed.ts'
import { readCheckpoint } from './witness-call.ts'

type Needs = { readonly database: Database; readonly log: Log; readonly now: () => Date }

/**
 * A witness says that the log has gone back, or is another than it was. Where it shows a checkpoint that this log's own keys have signed,
 * and that the record has not got, that is proof, and the log is closed. Without, its word is an alarm all the same: it may be the only
 * one that has seen.
 * @param seen the size that it says it has cosigned
 */
export async function examine(
  needs: Needs,
  url: string,
  seen: number | undefined,
  stop: AbortSignal,
): Promise<'contradicted' | 'outdated' | { readonly fault: string }> {
  const log = await logInForce(needs.database)
  const answer = await readCheckpoint(url, log.origin, stop)
  const shown = 'status' in answer && answer.status === 200 ? signedTree(answer.body, log) : undefined
  if (shown === undefined) return seen !== undefined && seen <= log.size ? 'outdated' : 'contradicted'
  const standing = await compare(needs.database, shown)
  if (standing === 'lost') await close(needs, shown)
  if (standing === 'lost') return 'contradicted'
  // It holds what this log has, and refuses it all the same; or holds what this process is about to see.
  return standing === 'same' ? { fault: 'refused' } : 'outdated'
}

/** So long the start waits for witnesses: a gateway whose witnesses are away accepts messages all the same. */
const START_MS = 5_000

/**
 * Asks the witnesses, before anything is appended, what they have seen: where a record was brought back from a backup to another machine,
 * nobody else may know that it is old. Where one of them shows more than the record has, the log is closed.
 */
export async function recallPublished(
  needs: Needs,
  { witnesses: named }: Pick<Registry, 'witnesses'>,
  waitMs = START_MS,
): Promise<void> {
  const log = await logInForce(needs.database)
  if (log.closedAt !== undefined || named === undefined) return
  const stop = AbortSignal.timeout(waitMs)
  const shown = await Promise.all(
    named.witnesses.map(async ({ url }) => {
      const answer = await readCheckpoint(url, log.origin, stop)
      return 'status' in answer && answer.status === 200 ? signedTree(answer.body, log) : undefined
    }),
  )
  for (const one of shown) {
    if (one === undefined || (await compare(needs.database, one)) !== 'lost') continue
    await close(needs, one)
    return
  }
}

/** How a tree that was published stands to the record: `lost` where that has not got it, `later` where it cannot be said yet. */
async function compare(database: Database, shown: Published): Promise<'same' | 'lost' | 'later'> {
  const log: LogInForce = await logInForce(database)
  if (log.origin !== shown.origin) return 'later'
  if (shown.size > log.size) return 'lost'
  const latest = await latestCheckpoint(database)
  if (latest === undefined || latest.size < shown.size) return 'later'
  return (await agrees(database, log, shown)) ? 'same' : 'lost'
}

async function close({ database, log, now }: Needs, lost: Published): Promise<void> {
  log.error(
    { origin: lost.origin, published: lost.size },
    'a witness has what was published of this log and the record has not got: the log is closed, and the gateway serves reading only',
  )
  await transaction(database, async (tx) => {
    const standing = await logInForce(tx, true)
    if (standing.origin === lost.origin) await closeLog(tx, lost, now())
    return { result: undefined }
  })
}
