import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type FaultPoint, openFaultPoints } from '../../gateway/base/fault-points.ts'
import type { Log } from '../../gateway/base/logger.ts'
import { openTree, type Tree } from '../../gateway/log/tree.ts'
import { noteSigner, type NoteSigner } from '../../gateway/protocol/note-keys.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { appendLeaves, openLog } from '../../gateway/record/leaves.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { openWakes, type Wakes } from '../../gateway/record/wakes.ts'
import { quiet } from './quiet.ts'

/** A record with a log in it, and what follows its leaves, without the rest of a gateway. */
export type GrowingLog = AsyncDisposable & {
  readonly database: Database
  readonly wakes: Wakes
  readonly keys: LogKeys
  append(count: number): Promise<void>
  /** Another process's tree, with a file of its own where it is named. */
  openTree(of?: {
    readonly folder?: string
    readonly fault?: string | FaultPoint
    readonly keys?: LogKeys
    readonly log?: Log
  }): Promise<Tree>
}

export type LogKeys = { readonly origin: string; readonly signers: readonly NoteSigner[] }

export function makeLogKeys(origin: string, pair: readonly KeyObject[] = makePair()): LogKeys {
  const [classic, quantum] = pair
  if (classic === undefined || quantum === undefined) throw new Error('a log has two keys')
  return { origin, signers: [noteSigner(origin, 'ed25519', classic), noteSigner(origin, 'ml-dsa-44', quantum)] }
}

const makePair = (): readonly KeyObject[] => [
  generateKeyPairSync('ed25519').privateKey,
  generateKeyPairSync('ml-dsa-44').privateKey,
]

/** @param folder beside whose data the file stands */
export async function openGrowingLog(url: string, folder: string, keys = makeLogKeys('test/log')): Promise<GrowingLog> {
  const opened = new AsyncDisposableStack()
  const database = opened.adopt(
    openDatabase(url, () => undefined),
    (one) => one.end(),
  )
  await migrate(database)
  await openLog(database, keys.origin)
  const wakes = opened.adopt(await openWakes(url, database, () => undefined), (one) => one.close())
  return {
    database,
    wakes,
    keys,
    async append(count) {
      const leaves = Array.from({ length: count }, () => {
        const id = randomUUID()
        return { id, typ: 'operator-act+jws' as const, jws: `leaf.${id}.x` }
      })
      for (let at = 0; at < count; at += 1_000) await appendLeaves(database, leaves.slice(at, at + 1_000))
      wakes.wake(['anybody'])
    },
    async openTree({ folder: other = folder, fault, keys: own = keys, log = quiet } = {}) {
      const file = join(other, 'data.published.json')
      const tree = await openTree({
        database,
        wakes,
        keys: own,
        file,
        fault: typeof fault === 'function' ? fault : openFaultPoints(fault),
        log,
        now: () => new Date(),
        betweenMs: 20,
      })
      return opened.use(tree)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
