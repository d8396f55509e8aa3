import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Database } from '../vault/database.ts'

/** What the frame offers to screens beside the session. */
export type Desk = {
  readonly database: Database
  /** Says something to who cannot see that it has changed (ARIA `status`). */
  announce(text: string): void
  /** Covers the screen and forgets the key. */
  cover(): Promise<void>
  /** Reads anew who signs: after a key or its certificate has come. */
  renew(): Promise<void>
  /** Deletes all that this device keeps, and begins anew. */
  giveUp(): Promise<void>
}

/** Set by the frame around all screens. */
export const DeskContext = createContext<Desk | undefined>(undefined)

/** Gives what the frame offers. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (desk === undefined) throw new Error('a screen outside the frame')
  return desk
}
