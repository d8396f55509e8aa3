import { randomUUIDv7 } from 'node:crypto'
import {
  digestText,
  makeReceipt,
  type MediaType,
  type ReceiptFields,
  type SignatureWork,
  type Signer,
  signJws,
} from '../protocol/protocol.ts'
import type { Leaf } from '../record/record.ts'

/** What a receipt says, less what the issuer itself adds. */
export type ReceiptContent = Omit<ReceiptFields, 'receiptId' | 'at' | 'gateway' | 'messageDigest'> & {
  /** SHA-256 of the message's bytes as submitted */
  readonly digest: Buffer
}

/** Signs what becomes evidence: receipts (protocol section 6), registry entries and operators' acts (section 10). */
export type Issuer = {
  readonly gateway: string
  /** A signed receipt, ready to be appended to the log in the caller's transaction. */
  receipt(content: ReceiptContent, now: Date): Promise<Leaf>
  /** A signed registry entry of a party, as it comes into force. */
  entry(party: object, now: Date): Promise<Leaf>
  /** A signed act of an operator. @param id its `actId` */
  act(id: string, content: object, now: Date): Promise<Leaf>
}

/**
 * @param gateway the gateway's id, as every receipt names it; @param signer its signing key now, used for nothing else
 */
export function createIssuer(gateway: string, signer: () => Signer, work?: Pick<SignatureWork, 'sign'>): Issuer {
  async function sign(typ: Leaf['typ'] & MediaType, id: string, payload: object, now: Date): Promise<Leaf> {
    return { id, typ, jws: await signJws(typ, payload, signer(), now, work) }
  }
  return {
    gateway,
    async receipt({ digest, ...content }, now) {
      const receiptId = randomUUIDv7()
      const receipt = makeReceipt({ ...content, receiptId, messageDigest: digestText(digest), at: now, gateway })
      return { ...(await sign('delivery-receipt+jws', receiptId, receipt, now)), event: content.event }
    },
    entry(party, now) {
      const entryId = randomUUIDv7()
      return sign('registry-entry+jws', entryId, { entryId, at: now.toISOString(), gateway, party }, now)
    },
    act: (actId, content, now) =>
      sign('operator-act+jws', actId, { actId, at: now.toISOString(), gateway, ...content }, now),
  }
}
