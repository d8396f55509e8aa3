/** Whose certificates the registry had pinned (protocol sections 1 and 10). */
import type { Receipt } from '../message.ts'
import type { Bundle, Entry, Leaf } from './bundle.ts'
import { demand } from './faults.ts'

export type Parties = {
  /** Whether an entry that was in force by a time pins a signing certificate to a party. */
  isPinned(party: string, thumbprint: string, by: Date): boolean
  /** The signing certificates that entries in force by a time pin to a party. */
  pinned(party: string, by: Date): readonly string[]
}

/** A registry is in force in a process before its entry is in the log, by no more than this. */
const LAG_MS = 60_000

/**
 * Takes the entries of a bundle and its receipt of acceptance; gives whom they pin. The sender, the recipient and the gateway have one
 * each that was in force then, and nobody else has any. Throws EvidenceFault.
 */
export function openParties({ parties }: Bundle, { jws: { payload }, at }: Leaf<Receipt>): Parties {
  const involved = [payload.from ?? '', payload.to ?? '', payload.gateway]
  for (const { where, jws } of parties) {
    demand(involved.includes(jws.payload.party.id), 'entry-of-a-stranger', `${where}/entry`)
  }
  for (const party of involved) {
    const own = parties.filter(({ jws }) => jws.payload.party.id === party)
    demand(own.length > 0, 'entry-missing', '/parties')
    demand(
      own.some((entry) => isInForce(entry, at)),
      'entry-too-late',
      own[0]?.where ?? '/parties',
    )
  }
  const pinned = (party: string, by: Date): readonly string[] =>
    parties
      .filter((entry) => entry.jws.payload.party.id === party && isInForce(entry, by))
      .flatMap(({ jws }) => jws.payload.party.certificates)
      .flatMap(({ use, thumbprint }) => (use === 'signing' ? [thumbprint] : []))
  return { pinned, isPinned: (party, thumbprint, by) => pinned(party, by).includes(thumbprint) }
}

const isInForce = ({ at }: Leaf<Entry>, by: Date): boolean => at.getTime() <= by.getTime() + LAG_MS
