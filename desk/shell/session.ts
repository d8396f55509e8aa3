import type { Client, Signer } from '../../sdk/browser.ts'
import type { Vault } from '../vault/vault.ts'

/** What every screen gets, once the desk is unlocked. */
export type Session = {
  /** The caller's own id. */
  readonly agency: string
  readonly vault: Vault
  /** Absent until this device has a key and its certificate. */
  readonly signer?: Signer
  readonly client: Client
  readonly now: () => Date
  /** Has `save` called before the screen is covered: what was typed must be kept within two seconds. Gives what ends that. */
  onCover(save: () => Promise<void>): () => void
}
