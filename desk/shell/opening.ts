import { openBrowserClient } from '../../sdk/browser.ts'
import { readSigning, type Signing } from '../keys/identity.ts'
import type { Bytes } from '../vault/bytes.ts'
import { type Database, openDatabase } from '../vault/database.ts'
import type { Lock } from '../vault/locks.ts'
import { openVault, type Vault } from '../vault/vault.ts'
import type { Savers } from './covering.ts'
import type { Fault } from './faults.ts'
import type { Session } from './session.ts'
import { whoCalls } from './who.ts'

/** Where the desk stands. */
export type Phase =
  | { readonly at: 'opening' }
  | { readonly at: 'fault'; readonly fault: Fault }
  | { readonly at: 'first'; readonly database: Database; readonly evicted: boolean }
  | { readonly at: 'locked'; readonly database: Database; readonly locks: readonly Lock[] }
  | {
      readonly at: 'open'
      readonly database: Database
      readonly session: Session
      readonly trouble: Signing['trouble']
      /** Until when the certificate of the connection is good, where the gateway has said so. */
      readonly until: Date | undefined
    }

/** Outlives a database that the browser throws away alone, and says nothing of anybody. */
const SET_UP = 'desk-set-up'

/** Looks what this device keeps. */
export async function openDevice(): Promise<Phase> {
  try {
    const database = await openDatabase()
    const locks = await database.getAll('locks')
    if (locks.length > 0) return { at: 'locked', database, locks }
    return { at: 'first', database, evicted: localStorage.getItem(SET_UP) !== null }
  } catch {
    return { at: 'fault', fault: 'no-storage' }
  }
}

/** Notes that this device has a desk. */
export const noteSetUp = (): void => localStorage.setItem(SET_UP, 'yes')
/** Notes that it has none any more. */
export const forgetSetUp = (): void => localStorage.removeItem(SET_UP)

type Opening = { readonly database: Database; readonly savers: Savers; readonly now: () => Date }

/** Opens the vault by its secret, and a session with whoever the browser's certificate names. */
export async function openSession(secret: Bytes, opening: Opening): Promise<Phase> {
  const vault = await openVault(opening.database, secret)
  const agency = await whoCalls(vault)
  if ('fault' in agency) {
    vault.lock()
    return { at: 'fault', fault: agency.fault }
  }
  return await sessionOf(vault, agency, opening)
}

/** The session of an open vault, with whoever signs now. */
export async function sessionOf(
  vault: Vault,
  { id, until }: { readonly id: string; readonly until?: Date | undefined },
  { database, savers, now }: Opening,
): Promise<Phase> {
  const { trouble, ...signs } = await readSigning({ vault, database }, now())
  const client = openBrowserClient({ ...signs, now })
  const session = { agency: id, vault, ...signs, client, now, onCover: savers.add }
  return { at: 'open', database, trouble, until, session }
}
