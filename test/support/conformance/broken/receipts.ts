import type { Parts } from '../../../../sdk/conformance/own/parts.ts'
import { cases } from '../../../../sdk/conformance/cases.ts'
import type { Receipt } from '../../../../sdk/message.ts'
import { SdkFault } from '../../../../sdk/problem.ts'
import { verifyMessage, verifyReceipt } from '../../../../sdk/verify.ts'
import type { Broken } from '../play.ts'

/** Clients that believe what they should not, or do not keep what they know. */

/** Every false receipt of a submission. */
const FALSE_RECEIPTS = cases
  .map(({ id }) => id)
  .filter((id) => id.startsWith('receipt-') && id !== 'receipt-renewed-certificate')
const FALSE_HANDOVERS = ['feed-handover-false-signer', 'feed-handover-false-digest']

/** What a receipt says, whoever says it. */
export const believe = async (compact: string): Promise<Receipt> => {
  const payload = Buffer.from(compact.split('.')[1] ?? '', 'base64url').toString()
  return JSON.parse(payload === '' ? '{}' : payload) as Receipt
}

export const brokenBelievers: readonly Broken[] = [
  {
    name: 'believes any receipt',
    role: 'referrer',
    fails: [...FALSE_RECEIPTS, ...FALSE_HANDOVERS, 'feed-false-receipt'],
    change: (parts) => ({ ...parts, verifyReceipt: believe }),
  },
  {
    name: 'looks at the signature of a receipt alone',
    role: 'status-checker',
    fails: ['receipt-other-digest', 'receipt-other-message', 'receipt-other-event'],
    change: (parts) => ({ ...parts, verifyReceipt: (receipt) => parts.verifyReceipt(receipt, {}) }),
  },
  {
    name: 'stops at a receipt that does not verify',
    role: 'coordinator',
    fails: ['feed-false-receipt', 'feed-unknown-event', ...FALSE_HANDOVERS],
    change: (parts) => ({
      ...parts,
      verifyReceipt: (receipt, expected) =>
        parts.verifyReceipt(receipt, expected).catch((fault: unknown) => {
          throw fault instanceof SdkFault && expected.event === undefined ? new TypeError(fault.code) : fault
        }),
    }),
  },
  {
    name: 'loses its place in the feed',
    role: 'children-services',
    fails: ['feed-cursor-kept'],
    change: (parts) => {
      const { kept, save } = parts.keeping
      const keeping = {
        kept,
        save: () => {
          const { cursor } = kept
          kept.cursor = ''
          save()
          kept.cursor = cursor
        },
      }
      return { ...parts, keeping }
    },
  },
  {
    name: 'reads once, for ever, what is published',
    role: 'referrer',
    fails: ['receipt-renewed-certificate', 'message-renewed-certificate'],
    change: (parts): Parts => {
      const published = Promise.all([parts.client.wellKnown(), parts.client.directory()])
      published.catch(() => undefined)
      return {
        ...parts,
        verifyReceipt: async (receipt, expected) => verifyReceipt(receipt, ...(await published), expected),
        verifyMessage: async ({ bytes, from, id }, to) => verifyMessage(bytes, (await published)[1], { from, id, to }),
      }
    },
  },
]
