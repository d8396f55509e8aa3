// oxlint-disable typescript/no-unnecessary-type-parameters -- who reads a row says what it is, as who wrote it knew
import { base64url, type Bytes, utf8 } from './bytes.ts'
import type { Database } from './database.ts'
import { pack, unpack } from './packing.ts'
import { namingKey, seal, sealingKey, unseal } from './seal.ts'

/** What is kept apart. */
export type Store = 'drafts' | 'pictures' | 'outbox' | 'sent' | 'received' | 'settings'

/** All that the desk keeps. Outside it nothing can be read: neither what is in a row, nor its id, nor what kind of thing it is. */
export type Vault = {
  /** Gives a value; nothing where there is none. */
  get<T>(store: Store, id: string): Promise<T | undefined>
  /** Keeps a value in place of the one before: whatever JSON has, and Date, Uint8Array and Blob. */
  put(store: Store, id: string, value: unknown): Promise<void>
  delete(store: Store, id: string): Promise<void>
  /** Gives all of a store, in no order. */
  list<T>(store: Store): Promise<readonly { readonly id: string; readonly value: T }[]>
  /** Forgets the key: whatever is asked afterwards throws `VaultLocked`. */
  lock(): void
}

/** The vault has been locked: what was asked of it is not done. */
export class VaultLocked extends Error {
  override readonly name = 'VaultLocked'
}

type Keys = { readonly rows: CryptoKey; readonly names: CryptoKey }

/** Opens the vault by its secret, which is wiped. */
export async function openVault(database: Database, secret: Bytes): Promise<Vault> {
  let keys: Keys | undefined = {
    rows: await sealingKey(secret, 'passerelle desk: rows'),
    names: await namingKey(secret, 'passerelle desk: names'),
  }
  secret.fill(0)
  const open = (): Keys => {
    if (keys === undefined) throw new VaultLocked('the vault is locked')
    return keys
  }
  const nameOf = async (...words: readonly string[]): Promise<string> => {
    const name = await crypto.subtle.sign('HMAC', open().names, utf8(JSON.stringify(words)))
    return base64url(new Uint8Array(name))
  }
  const read = async ({ row, sealed }: { readonly row: string; readonly sealed: Bytes }): Promise<[string, unknown]> =>
    unpack(await unseal(open().rows, sealed, row)) as [string, unknown]

  return {
    async get<T>(store: Store, id: string) {
      const kept = await database.get('rows', await nameOf(store, id))
      return kept && ((await read(kept))[1] as T)
    },
    async put(store, id, value) {
      const row = await nameOf(store, id)
      const sealed = await seal(open().rows, await pack([id, value]), row)
      await database.put('rows', { row, shelf: await nameOf(store), sealed })
    },
    async delete(store, id) {
      await database.delete('rows', await nameOf(store, id))
    },
    async list<T>(store: Store) {
      const kept = await database.getAllFromIndex('rows', 'shelf', await nameOf(store))
      const opened = await Promise.all(kept.map(read))
      return opened.map(([id, value]) => ({ id, value: value as T }))
    },
    lock() {
      keys = undefined
    },
  }
}
