import { deleteDB, type IDBPDatabase, openDB } from 'idb'
import type { Bytes } from './bytes.ts'
import type { Lock } from './locks.ts'

/** A row of the vault: which shelf it lies on, and its name, are digests under the vault's key. */
export type Row = { readonly row: string; readonly shelf: string; readonly sealed: Bytes }
/** A signing key, which the browser keeps and does not give out. */
export type KeptKey = { readonly id: string; readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }
/** How often in a row a wrong passphrase was typed, and until when no further one is tried (ms since 1970). */
export type Wrong = { readonly id: 'wrong'; readonly times: number; readonly until: number }

type Schema = {
  rows: { key: string; value: Row; indexes: { shelf: string } }
  locks: { key: string; value: Lock }
  keys: { key: string; value: KeptKey }
  tries: { key: string; value: Wrong }
}
export type Database = IDBPDatabase<Schema>

const NAME = 'passerelle-desk'
const VERSION = 1

/** Opens what this device keeps. @throws DOMException where the browser keeps nothing, as in some private windows */
export async function openDatabase(): Promise<Database> {
  return await openDB<Schema>(NAME, VERSION, {
    upgrade(database) {
      database.createObjectStore('rows', { keyPath: 'row' }).createIndex('shelf', 'shelf')
      database.createObjectStore('locks', { keyPath: 'kind' })
      database.createObjectStore('keys', { keyPath: 'id' })
      database.createObjectStore('tries', { keyPath: 'id' })
    },
    // Another tab has given the device up, or runs a newer desk: this one lets go.
    blocking(_current, _next, event) {
      ;(event.target as IDBDatabase).close()
    },
  })
}

/** Keeps the first lock of a device; gives false, and keeps nothing, where another tab has made one meanwhile. */
export async function keepFirstLock(database: Database, lock: Lock): Promise<boolean> {
  const transaction = database.transaction('locks', 'readwrite')
  const isFirst = (await transaction.store.count()) === 0
  if (isFirst) await transaction.store.put(lock)
  await transaction.done
  return isFirst
}

/** Deletes all that this device keeps: at once what is in it, also where another tab still holds it open, and then the database. */
export async function deleteDatabase(database: Database): Promise<void> {
  const stores = ['rows', 'locks', 'keys', 'tries'] as const
  const transaction = database.transaction(stores, 'readwrite')
  await Promise.all([...stores.map((store) => transaction.objectStore(store).clear()), transaction.done])
  database.close()
  await deleteDB(NAME)
}
