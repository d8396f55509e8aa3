import { PasserelleProblem, type Receipt } from '../../sdk/browser.ts'
import { openJws } from '../../sdk/jws.ts'
import { receipt as receiptForm } from '../../sdk/message.ts'
import type { Session } from '../shell/session.ts'
import type { Waiting } from './outbox.ts'
import type { Sent } from './outgoing.ts'
import { proven } from './perform.ts'

const CURSOR = 'receipts-cursor'
const PATIENCE_MS = 20_000
/** In one turn; the next goes on where this one ended. */
const MOST_PAGES = 20

/**
 * Reads the receipts that have come since, each verified, and keeps them with their messages. The cursor is kept behind them: whatever ends this in between, none is skipped. Gives
 * whether any came.
 */
export async function take(session: Session): Promise<boolean> {
  const { vault } = session
  let after = (await vault.get<string>('settings', CURSOR)) ?? ''
  let isNew = false
  for (let page = 0; page < MOST_PAGES; page++) {
    const { receipts, next } = await read(session, after)
    if (receipts.length === 0 && next === after) break
    // In this order: what has left the outbox since the page was read is among what was sent.
    const underWay = new Set((await vault.list<Waiting>('outbox')).map(({ value }) => value.envelope.id))
    const kept = new Map((await vault.list<Sent>('sent')).map(({ value }) => [value.messageId, value]))
    for (const { receipt } of receipts) {
      const payload = payloadOf(receipt)
      // Accepted, and its answer is still to be had: its receipts are read again once it is kept as sent.
      if (payload?.from === session.agency && underWay.has(payload.messageId ?? '')) return isNew
      await keep(session, kept, receipt)
      isNew = true
    }
    await vault.put('settings', CURSOR, next)
    after = next
  }
  return isNew
}

async function read({ client }: Session, after: string) {
  try {
    return await client.receipts({ ...(after !== '' && { after }), signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch (fault) {
    // The gateway's record was restored: what it knows now is read from the start.
    if (!(fault instanceof PasserelleProblem && fault.code === 'invalid-request' && after !== '')) throw fault
    return { receipts: [], next: '' }
  }
}

/** What a receipt says; nothing for what is none. Whether it is the gateway's word is another question. */
export function payloadOf(compact: string): Receipt | undefined {
  try {
    return openJws(compact, 'delivery-receipt+jws', receiptForm).payload
  } catch {
    return undefined
  }
}

/** What is said of a message that was sent elsewhere, and is for people all the same. */
const TROUBLES = new Set(['ContentConsignmentFailure', 'AcceptanceRejectionExpiry', 'ResponseOverdue'])

async function keep(session: Session, kept: Map<string, Sent>, compact: string): Promise<void> {
  const { vault, now, agency } = session
  const payload = payloadOf(compact)
  if (payload?.messageId === undefined) return
  const { messageId, event, from } = payload
  // Two senders may use one id without knowing of each other: what another sent, and waits for, is kept by itself.
  const key = from === agency ? messageId : `${from} ${messageId}`
  const found = kept.get(key)
  if (found === undefined && !TROUBLES.has(event)) return
  const sent: Sent = found ?? { id: crypto.randomUUID(), messageId: key, receipts: [], sentAt: now().toISOString() }
  if (sent.receipts.some((one) => payloadOf(one.compact)?.receiptId === payload.receiptId)) return
  const isProven = await proven(session, compact, { messageId })
  const more: Sent = { ...sent, receipts: [...sent.receipts, { compact, isProven }] }
  await vault.put('sent', sent.id, more)
  kept.set(key, more)
}
