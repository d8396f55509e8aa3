import { randomBytes } from 'node:crypto'
import { openBytes, sealBytes } from '../core/sealing.ts'
import { caseKeys } from '../store/case-keys.ts'
import type { Queryable } from '../store/database.ts'
import type { MessageRow } from '../store/messages.ts'

/**
 * Seals what comes from a payload under the key of its case (protocol section 12). The keys of cases are kept wrapped by the
 * data key; those in use are remembered unwrapped, by their wrapped form, so that an erased key is never used again.
 */
export type Vault = {
  /** The keys of these cases, made where a case has none, locked against erasure until the transaction ends. */
  keysFor(tx: Queryable, caseIds: readonly string[]): Promise<ReadonlyMap<string, Buffer>>
  /** The bytes of a message. @throws SealFault where key, place or bytes are not what they were */
  open(message: Pick<MessageRow, 'sender' | 'id' | 'case_id'>, sealed: Buffer, wrapped: Buffer): Buffer
  /** Seals an operator's words under the data key itself. */
  sealWords(words: string, actId: string): Buffer
}

/** Unwrapped keys to remember: 100 bytes each. */
const REMEMBERED = 20_000
const KEY_BYTES = 32

/** Binds a wrapped key to its case, and a sealed message to its place, so that neither can be moved to another row. */
const keyPlace = (caseId: string): Buffer => Buffer.from(`case-key\n${caseId}`)
export const messagePlace = (sender: string, id: string): Buffer => Buffer.from(`message\n${sender}\n${id}`)

/** Opens the vault. @param dataKey the 32 bytes of `PASSERELLE_DATA_KEY` */
export function openVault(dataKey: Buffer): Vault {
  const unwrapped = new Map<string, Buffer>()

  function remember(wrapped: Buffer, key: Buffer): Buffer {
    if (unwrapped.size >= REMEMBERED) {
      const oldest = unwrapped.keys().next().value
      if (oldest !== undefined) unwrapped.delete(oldest)
    }
    unwrapped.set(wrapped.toString('latin1'), key)
    return key
  }

  const unwrap = (caseId: string, wrapped: Buffer): Buffer =>
    unwrapped.get(wrapped.toString('latin1')) ?? remember(wrapped, openBytes(dataKey, wrapped, keyPlace(caseId)))

  return {
    async keysFor(tx, caseIds) {
      const proposed = [...new Set(caseIds)].toSorted().map((caseId) => {
        const key = randomBytes(KEY_BYTES)
        return { caseId, key, wrapped: sealBytes(dataKey, key, keyPlace(caseId)) }
      })
      const wrapped = await caseKeys(tx, proposed)
      const keys = new Map<string, Buffer>()
      for (const { caseId, key, wrapped: offered } of proposed) {
        const winner = wrapped.get(caseId)
        if (winner === undefined) throw new Error('a case has no key')
        keys.set(caseId, winner.equals(offered) ? remember(winner, key) : unwrap(caseId, winner))
      }
      return keys
    },
    open: ({ sender, id, case_id }, sealed, wrapped) =>
      openBytes(unwrap(case_id, wrapped), sealed, messagePlace(sender, id)),
    sealWords: (words, actId) => sealBytes(dataKey, Buffer.from(words), Buffer.from(`act\n${actId}`)),
  }
}
