import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import pg from 'pg'
import { ConfigurationFault, every, settingName } from '../base/base.ts'
import {
  cursorSecretOf,
  type DataKey,
  findDataKey,
  isUnder,
  nameDataKey,
  openUnder,
  sealUnder,
  UnknownDataKeyFault,
} from './data-key.ts'
import {
  cursorSecret,
  dataKeysInUse,
  earlierCheck,
  keepCursorSecret,
  type KeyInUse,
  leave,
  lockDataKeys,
  makeCurrent,
  present,
} from './data-keys.ts'
import { type Database, type Queryable, transaction } from './database.ts'
import { CURSOR_SECRET } from './places.ts'
import { openBytes, SealFault } from './sealing.ts'

/** Seals and opens under data keys: what is new under the one that is current in the record, whatever the order of the file. */
export type Ring = {
  seal(plain: Uint8Array, place: Buffer): Buffer
  /** @throws SealFault; UnknownDataKeyFault, as `seal` does, where this process has not the key */
  open(sealed: Buffer, place: Buffer): Buffer
  isCurrent(sealed: Buffer): boolean
  /**
   * Does work that seals something and writes it, all or nothing; anew where the record has gone on to another data key in between,
   * and so refused what was sealed under the one before.
   */
  sealing<Result>(work: () => Promise<Result>): Promise<Result>
}

/** The data keys of this process, which knows all that the record is sealed under. */
export type Keyring = Ring &
  AsyncDisposable & {
    /** What cursors are made from. */
    readonly cursorSecret: Buffer
    /**
     * Takes the keys of a file that was read again.
     * @throws ConfigurationFault where the record needs one that is not among them; those before stay
     */
    change(keys: readonly Buffer[]): Promise<void>
    /** Whether the record is sealed under a key that this process does not know: it was told of none, or too late. */
    isBehind(): boolean
  }

/** How often a process says that it is there, and asks what is current. */
const LOOK_MS = 5_000
/** What was sealed is refused once for each change of the current key, and those are minutes apart. */
const MOST_ROUNDS = 3
/** SQLSTATE of the function `require_current_data_key`. */
const STALE = 'PK001'
/** What earlier releases sealed under the data key to know it again. */
const CHECK_PLACE = Buffer.from('data-key-check')

/**
 * Opens the data keys on a record; which one is current the record says, and where it says nothing yet the first.
 * @param lines 32 bytes each; @param onError hears of looks that failed
 * @throws ConfigurationFault where the record is sealed under a key that is not among them
 */
export async function openKeyring(
  database: Database,
  lines: readonly Buffer[],
  onError: (error: unknown) => void,
): Promise<Keyring> {
  const self = { id: randomUUID(), name: `${hostname()} process ${process.pid}` }
  let keys = lines.map(nameDataKey)
  let standing: readonly KeyInUse[] = []

  const enter = (wanted: readonly DataKey[]): Promise<{ inUse: readonly KeyInUse[]; secret: Buffer }> =>
    transaction(database, async (tx) => {
      await lockDataKeys(tx)
      const inUse = await standingKeys(tx, wanted)
      requireAll(wanted, inUse)
      const secret = await standingSecret(tx, wanted, inUse)
      await present(tx, { ...self, keyIds: wanted.map(({ id }) => id) })
      return { result: { inUse, secret } }
    })

  // One after the other: what was said last of this process is what it knows.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = turn.then(work)
    turn = next.catch(() => undefined)
    return next
  }
  const look = (): Promise<void> =>
    inTurn(async () => {
      standing = await present(database, { ...self, keyIds: keys.map(({ id }) => id) })
    })
  const current = (): DataKey => {
    const id = standing.find(({ isCurrent }) => isCurrent)?.id
    const found = id && findDataKey(keys, id)
    // Only where this process was away for so long that nobody waited for it.
    if (found === undefined) throw new UnknownDataKeyFault()
    return found
  }

  const entered = await enter(keys)
  standing = entered.inUse
  const stop = every(LOOK_MS, look, onError)
  return {
    cursorSecret: entered.secret,
    seal: (plain, place) => sealUnder(current(), plain, place),
    open: (sealed, place) => openUnder(keys, sealed, place),
    isCurrent: (sealed) => isUnder(current(), sealed),
    async sealing(work) {
      for (let round = 1; ; round++) {
        try {
          return await work()
        } catch (error) {
          if (!isStale(error) || round === MOST_ROUNDS) throw error
          await look()
        }
      }
    },
    change: (next) =>
      inTurn(async () => {
        const wanted = next.map(nameDataKey)
        const { inUse } = await enter(wanted)
        keys = wanted
        standing = inUse
      }),
    isBehind: () => standing.some(({ id }) => findDataKey(keys, id) === undefined),
    async [Symbol.asyncDispose]() {
      await stop()
      await leave(database, self.id).catch(onError)
    },
  }
}

const isStale = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === STALE

/** The keys in use. The first start says which; that of an earlier release's record is the one that opens what it left. */
async function standingKeys(tx: Queryable, keys: readonly DataKey[]): Promise<readonly KeyInUse[]> {
  const inUse = await dataKeysInUse(tx)
  if (inUse.length > 0) return inUse
  const check = await earlierCheck(tx)
  const first = check === undefined ? keys[0] : keys.find(({ key }) => opens(key, check))
  if (first === undefined) throw missing([])
  await makeCurrent(tx, first.id)
  return [{ id: first.id, isCurrent: true }]
}

function opens(key: Buffer, check: Buffer): boolean {
  try {
    return openBytes(key, check, CHECK_PLACE).length === 0
  } catch (error) {
    if (error instanceof SealFault) return false
    throw error
  }
}

/** Whoever lacks a key in use could not read everything. */
function requireAll(keys: readonly DataKey[], inUse: readonly KeyInUse[]): void {
  const known = inUse.filter(({ id }) => findDataKey(keys, id) !== undefined)
  if (known.length < inUse.length) throw missing(known)
}

function missing(known: readonly KeyInUse[]): ConfigurationFault {
  const why =
    known.length === 0
      ? 'the data key is not the one that this record was sealed with'
      : 'the record is still sealed in part under a data key that the file no longer has: put its line back until npm run rotate has said that it may go'
  return new ConfigurationFault(`${settingName('dataKeyFile')}: ${why}`)
}

async function standingSecret(tx: Queryable, keys: readonly DataKey[], inUse: readonly KeyInUse[]): Promise<Buffer> {
  const sealed = await cursorSecret(tx)
  if (sealed !== undefined) return openUnder(keys, sealed, CURSOR_SECRET.place())
  const currentId = inUse.find(({ isCurrent }) => isCurrent)?.id
  const current = currentId && findDataKey(keys, currentId)
  if (current === undefined) throw missing([])
  const secret = cursorSecretOf(current)
  await keepCursorSecret(tx, sealUnder(current, secret, CURSOR_SECRET.place()))
  return secret
}
