import { type AnyEnvelope, type Directory, type Rules, type Text, waitingNotice } from '../../sdk/browser.ts'

type Agency = Directory['agencies'][number]

/** What a person is to know before they send: who will read it, when, and what to do where that is too late. */
export type Foreseen = {
  readonly agency: Agency | undefined
  /** `open`: a desk is open, or there are no hours; `closed`: it waits; `duty`: no desk is open, and what is immediate goes to whoever is on duty. */
  readonly when: 'open' | 'closed' | 'duty' | 'suspended' | 'unknown'
  readonly opensAt?: string
  /** What the SDK says of an urgent message that would wait. */
  readonly notice?: Text
  /** Nobody has asked for their inbox for a day: whoever is in a hurry rings. */
  readonly isUnread: boolean
  readonly telephone?: string
  /** What the recipient is not told of this type, whatever is written. */
  readonly hidden: readonly Text[]
}

/** Takes what is to be sent and what is known of its recipient; gives what is to be known before. */
export function foresee(
  { type, to, priority }: Pick<AnyEnvelope, 'type' | 'to' | 'priority'>,
  { directory, disclosure }: { readonly directory: Directory; readonly disclosure: Rules['disclosure'] },
  now: Date,
): Foreseen {
  const agency = directory.agencies.find(({ id }) => id === to)
  if (agency === undefined) return { agency, when: 'unknown', isUnread: false, hidden: [] }
  const telephone = agency.dutyTelephone ?? agency.contact?.outOfHours ?? agency.contact?.phone
  const hidden = disclosure.rows
    .filter((row) => row.type === type && agency.roles.includes(row.to))
    .map(({ title }) => title)
  const about = {
    agency,
    isUnread: agency.mailboxRead === false,
    hidden,
    ...(telephone !== undefined && { telephone }),
  }
  if (agency.status === 'suspended') return { ...about, when: 'suspended' }
  const desks = agency.desks ?? []
  const isOpen = desks.length === 0 || desks.some(({ openNow, hours }) => openNow || hours === undefined)
  if (isOpen) return { ...about, when: 'open' }
  if (priority === 'immediate') return { ...about, when: 'duty' }
  const [next] = desks
    .filter((desk) => desk.opensAt !== undefined)
    .toSorted((one, other) => (one.opensAt ?? '').localeCompare(other.opensAt ?? ''))
  if (next?.opensAt === undefined) return { ...about, when: 'closed' }
  const notice = waitingNotice({ priority }, { desk: next.id, notBefore: next.opensAt }, agency, now)
  return { ...about, when: 'closed', opensAt: next.opensAt, ...(notice !== undefined && { notice }) }
}
