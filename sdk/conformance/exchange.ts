/** What the scripted gateway holds: what was submitted to it, what waits in its one inbox, its feed, its attachments. */
import { createHash } from 'node:crypto'
import { digestOf } from '../keys.ts'
import { newId } from '../sign.ts'
import type { Clock } from './clock.ts'
import type { Issued } from './pki.ts'
import { headerOf, seal } from './sealing.ts'
import { textOf } from './shown.ts'

/** What stands in the inbox: what the list says of it, and the bytes behind it. */
export type Waiting = {
  readonly from: string
  readonly id: string
  readonly type: string
  readonly caseId: string
  readonly priority: string
  readonly acceptedAt: string
  readonly cursor: string
  bytes: Uint8Array
  readonly digest: string
  readonly attachments: ReadonlyMap<string, Served>
  /** Listed, though it was acknowledged: delivered a second time. */
  isListedAgain: boolean
  acknowledged: { readonly outcome: string; readonly reason?: string; readonly receipt: string } | undefined
}
export type Served = { readonly bytes: Uint8Array; readonly mediaType: string }
export type Submitted = { readonly bytes: string; readonly id: string; readonly receipt: string; readonly at: number }
export type About = {
  readonly messageId: string
  readonly caseId: string
  readonly type: string
  readonly from: string
  readonly to: string
  readonly messageDigest: string
}

export type Exchange = ReturnType<typeof openExchange>

/** Takes the gateway's signing certificate, its id and the clock. */
export function openExchange(gateway: string, signing: Issued, clock: Clock) {
  const waiting: Waiting[] = []
  const feed: { readonly cursor: string; readonly receipt: string }[] = []
  const submitted = new Map<string, Submitted>()
  const attachments = new Map<string, Served>()
  const cursorOf = (list: string, at: number): string =>
    createHash('sha256').update(`${gateway} ${list} ${at}`).digest('base64url').slice(0, 22)

  /** A receipt as section 6 has it; `over` puts something else in the place of a member. */
  const receipt = (event: string, about: About, over: object = {}, signer: Issued = signing): string => {
    const now = new Date(clock.now())
    const payload = {
      receiptId: newId(),
      event,
      ...about,
      at: now.toISOString(),
      gateway,
      attempt: event === 'SubmissionAcceptance' ? 0 : 1,
      ...over,
    }
    return seal(headerOf('delivery-receipt+jws', signer, now), JSON.stringify(payload), signer)
  }

  return {
    waiting,
    feed,
    submitted,
    attachments,
    receipt,
    cursorOf,
    /** Puts a receipt into the feed. */
    tell: (compact: string): void => void feed.push({ cursor: cursorOf('feed', feed.length), receipt: compact }),
    /** Puts a message into the inbox. */
    put: (
      message: Pick<Waiting, 'from' | 'id' | 'type' | 'caseId' | 'priority'> & { readonly bytes: string | Uint8Array },
      served: ReadonlyMap<string, Served> = new Map(),
    ): Waiting => {
      const bytes = Buffer.from(message.bytes)
      const entry: Waiting = {
        ...message,
        bytes,
        digest: digestOf(bytes),
        acceptedAt: new Date(clock.now()).toISOString(),
        cursor: cursorOf('inbox', waiting.length),
        attachments: served,
        isListedAgain: false,
        acknowledged: undefined,
      }
      waiting.push(entry)
      return entry
    },
    aboutOf: (envelope: { readonly [name: string]: unknown }, bytes: string | Uint8Array): About => ({
      messageId: textOf(envelope['id']),
      caseId: textOf(envelope['caseId']),
      type: textOf(envelope['type']),
      from: textOf(envelope['from']),
      to: textOf(envelope['to']),
      messageDigest: digestOf(bytes),
    }),
  }
}
