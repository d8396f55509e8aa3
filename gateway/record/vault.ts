import { randomBytes } from 'node:crypto'
import { createRecent } from '../base/base.ts'
import { openBytes, sealBytes } from './sealing.ts'
import type { MessageRow } from './messages.ts'
import type { Ring } from './keyring.ts'
import {
  type AttachmentName,
  attachmentPlace,
  countersPlace,
  factPlace,
  keyPlace,
  messagePlace,
  sharedPlace,
  wordsPlace,
} from './places.ts'
import type { CaseFact, Counters } from '../protocol/protocol.ts'

/**
 * Seals what comes from a payload under the key of its case (protocol section 12). The keys of cases are kept in the record,
 * wrapped by the data key; those in use are remembered here, and whether they still stand is asked of the record at each use.
 */
export type Vault = {
  /** The key of a case as far as is known here; `fresh`: made just now, and the record may know another. */
  keyOf(caseId: string): CaseKey
  /** The record has taken the key of a case: it is no longer fresh. */
  confirm(caseId: string): void
  /** What the record says of the key of a case: which one stands, or none. */
  settle(caseId: string, standing: Buffer | undefined): void
  /** Forgets all keys: some have been destroyed. Those that stand are learned again. */
  forget(): void
  /** Seals a message. */
  seal(key: CaseKey, sender: string, id: string, bytes: Buffer): Buffer
  /** The bytes of a message. @throws SealFault where key, place or bytes are not what they were */
  open(message: MessageName, sealed: Buffer, wrapped: Buffer): Buffer
  /** Makes the key of an attachment, and wraps it with the data key. */
  makeAttachmentKey(of: AttachmentName): { readonly key: Buffer; readonly wrapped: Buffer }
  /** The key of an attachment, as its owner has it. @throws SealFault */
  reopenAttachmentKey(of: AttachmentName, wrapped: Buffer): Buffer
  /** Wraps an attachment's key with the key of a case, for a message of it that names the attachment. @throws SealFault */
  shareAttachmentKey(key: CaseKey, message: { readonly id: string }, of: AttachmentName, wrapped: Buffer): Buffer
  /** The key of an attachment, as a message has it. @throws SealFault */
  openAttachmentKey(message: MessageName, digest: Buffer, shared: Buffer, wrappedCaseKey: Buffer): Buffer
  /** Seals what the statistics keep of a message, under the key of its case. */
  sealFact(key: CaseKey, sender: string, id: string, fact: CaseFact): Buffer
  /** @throws SealFault */
  openFact(message: MessageName, sealed: Buffer, wrapped: Buffer): Buffer
  /** Seals a period’s counters under the data key itself: they are of many cases. */
  sealCounters(period: string, counters: Counters): Buffer
  /** @throws SealFault */
  openCounters(period: string, sealed: Buffer): Buffer
  /** Seals an operator's words under the data key itself. */
  sealWords(words: string, actId: string): Buffer
  /** Opens them again. @throws SealFault where they were not sealed so */
  openWords(sealed: Buffer, actId: string): string
  /** Does work that seals something new and writes it; anew where another data key has become current in between. */
  readonly sealing: Ring['sealing']
}

type MessageName = Pick<MessageRow, 'sender' | 'id' | 'case_id'>

export type CaseKey = { readonly key: Buffer; readonly wrapped: Buffer; readonly fresh: boolean }

/** Cases whose keys are remembered, 300 bytes each. */
const REMEMBERED = 10_000
const KEY_BYTES = 32

/** Opens the vault on the data keys. */
export function openVault(ring: Ring): Vault {
  let known = createRecent<CaseKey>(REMEMBERED)

  function remember(caseId: string, { key, wrapped, fresh }: CaseKey): CaseKey {
    // In memory of its own: a slice of a shared block would keep the whole block for as long.
    const own = Buffer.allocUnsafeSlow(key.length + wrapped.length)
    key.copy(own)
    wrapped.copy(own, key.length)
    const held = { key: own.subarray(0, key.length), wrapped: own.subarray(key.length), fresh }
    known.set(caseId, held)
    return held
  }

  function unwrap(caseId: string, wrapped: Buffer): CaseKey {
    const held = known.get(caseId)
    if (held?.wrapped.equals(wrapped) === true) return held
    return remember(caseId, { key: ring.open(wrapped, keyPlace(caseId)), wrapped, fresh: false })
  }

  return {
    keyOf(caseId) {
      const held = known.get(caseId)
      // One that the record does not know and that another data key wraps, it would not take any more.
      if (held !== undefined && (!held.fresh || ring.isCurrent(held.wrapped))) return held
      const key = randomBytes(KEY_BYTES)
      return remember(caseId, { key, wrapped: ring.seal(key, keyPlace(caseId)), fresh: true })
    },
    confirm(caseId) {
      const held = known.get(caseId)
      if (held?.fresh === true) known.set(caseId, { ...held, fresh: false })
    },
    settle(caseId, standing) {
      if (standing === undefined) {
        known.delete(caseId)
      } else {
        unwrap(caseId, standing)
        this.confirm(caseId)
      }
    },
    forget() {
      known = createRecent(REMEMBERED)
    },
    seal: ({ key }, sender, id, bytes) => sealBytes(key, bytes, messagePlace(sender, id)),
    open: ({ sender, id, case_id }, sealed, wrapped) =>
      openBytes(unwrap(case_id, wrapped).key, sealed, messagePlace(sender, id)),
    sealFact: ({ key }, sender, id, fact) => sealBytes(key, Buffer.from(JSON.stringify(fact)), factPlace(sender, id)),
    // All cases of a quarter pass here: those in use must not be forgotten for them.
    openFact: ({ sender, id, case_id }, sealed, wrapped) =>
      openBytes(ring.open(wrapped, keyPlace(case_id)), sealed, factPlace(sender, id)),
    sealCounters: (period, counters) => ring.seal(Buffer.from(JSON.stringify(counters)), countersPlace(period)),
    openCounters: (period, sealed) => ring.open(sealed, countersPlace(period)),
    makeAttachmentKey(of) {
      const key = randomBytes(KEY_BYTES)
      return { key, wrapped: ring.seal(key, attachmentPlace(of)) }
    },
    reopenAttachmentKey: (of, wrapped) => ring.open(wrapped, attachmentPlace(of)),
    shareAttachmentKey: ({ key }, { id }, of, wrapped) =>
      sealBytes(key, ring.open(wrapped, attachmentPlace(of)), sharedPlace(of.owner, id, of.digest)),
    openAttachmentKey: ({ sender, id, case_id }, digest, shared, wrappedCaseKey) =>
      openBytes(unwrap(case_id, wrappedCaseKey).key, shared, sharedPlace(sender, id, digest)),
    sealWords: (words, actId) => ring.seal(Buffer.from(words), wordsPlace(actId)),
    openWords: (sealed, actId) => ring.open(sealed, wordsPlace(actId)).toString(),
    sealing: ring.sealing,
  }
}
