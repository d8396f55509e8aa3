import type { Receipt } from '../../sdk/browser.ts'
import { receiptWords } from '../words/receipts.ts'
import { type Here, sayWhen } from './moments.ts'

/** What the desk knows of an agency that is spoken of. */
export type Party = { readonly name: string; readonly telephone?: string | undefined }

/** Whom a receipt is told to, and what names they know. */
export type Telling = Here & {
  readonly agency: string
  /** Gives the name of an agency, in the language in force, and where to ring it. */
  party(id: string): Party
  /** Gives the words of a code of the list `refusalReason`. */
  reason(code: string): string
}

/** A receipt as sentences: what happened, and what is to be done where something is. */
export type Told = { readonly tone: 'good' | 'plain' | 'bad'; readonly says: string; readonly does?: string }

type Teller = (when: string, receipt: Receipt, telling: Telling) => Told

const good = (says: string): Told => ({ tone: 'good', says })
const plain = (says: string): Told => ({ tone: 'plain', says })
const bad = (says: string, does: string): Told => ({ tone: 'bad', says, does })

const partyOf = ({ to = '' }: Receipt, telling: Telling): Party => telling.party(to)
const ring = ({ name, telephone }: Party, { language }: Telling): string =>
  telephone === undefined ? receiptWords[language].ringThem(name) : receiptWords[language].ring(name, telephone)

const tellers: Readonly<Record<Receipt['event'], Teller>> = {
  SubmissionAcceptance: (when, _, { language }) => good(receiptWords[language].accepted(when)),
  SubmissionRejection: (when, _, { language }) =>
    bad(receiptWords[language].rejected(when), receiptWords[language].again),
  ContentConsignment: (when, receipt, telling) =>
    plain(receiptWords[telling.language].consigned(when, partyOf(receipt, telling).name)),
  ContentConsignmentFailure: (when, receipt, telling) => {
    const party = partyOf(receipt, telling)
    return bad(receiptWords[telling.language].failed(when, party.name), ring(party, telling))
  },
  ContentHandover: (when, receipt, telling) =>
    good(receiptWords[telling.language].read(when, partyOf(receipt, telling).name)),
  ConsignmentRejection: (when, receipt, telling) => {
    const why = receipt.reason === undefined ? '' : telling.reason(receipt.reason.code)
    const words = receiptWords[telling.language]
    return bad(words.refused(when, partyOf(receipt, telling).name, why), words.again)
  },
  AcceptanceRejectionExpiry: (when, receipt, telling) => {
    const party = partyOf(receipt, telling)
    return bad(receiptWords[telling.language].unread(when, party.name), ring(party, telling))
  },
  DeliveryResumed: (when, _, { language }) => plain(receiptWords[language].resumed(when)),
  MessageDiscarded: (when, receipt, telling) =>
    bad(receiptWords[telling.language].discarded(when), ring(partyOf(receipt, telling), telling)),
  ResponseOverdue: (when, receipt, telling) => {
    const words = receiptWords[telling.language]
    if (receipt.to === telling.agency)
      return bad(words.overdueOurs(when, telling.party(receipt.from ?? '').name), words.answer)
    const party = partyOf(receipt, telling)
    return bad(words.overdueTheirs(when, party.name), ring(party, telling))
  },
}

/** Takes a receipt that has been verified; tells it to people. */
export function tellReceipt(receipt: Receipt, telling: Telling): Told {
  return tellers[receipt.event](sayWhen(new Date(receipt.at), telling), receipt, telling)
}

/** What ends a trouble that an earlier receipt told of: who has read a message is not rung for it. */
const ENDS: Readonly<Partial<Record<Receipt['event'], readonly Receipt['event'][]>>> = {
  AcceptanceRejectionExpiry: ['ContentHandover', 'ConsignmentRejection'],
  ContentConsignmentFailure: [
    'DeliveryResumed',
    'ContentConsignment',
    'ContentHandover',
    'ConsignmentRejection',
    'MessageDiscarded',
  ],
  ContentConsignment: ['ContentHandover', 'ConsignmentRejection'],
}

/**
 * Takes a message's receipts in their order; gives what still holds of them: what was said and has since been overtaken is left out, so that nobody is told to ring
 * somebody who has read the message. `isAnswered` where an answer has come since.
 */
export function standing(receipts: readonly Receipt[], isAnswered = false): readonly Receipt[] {
  return receipts.filter(({ event }, at) => {
    if (event === 'ResponseOverdue') return !isAnswered
    const ends = ENDS[event] ?? []
    return !receipts.slice(at + 1).some((later) => ends.includes(later.event))
  })
}
