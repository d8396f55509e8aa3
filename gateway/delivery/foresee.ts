import { findOpening, isStaffed, type Metadata, readsAge } from '../../adapters/index.ts'
import type { Text } from '../base/base.ts'
import type { Agency, Desk, Hours } from '../protocol/protocol.ts'
import { askAdapter } from './ask-adapter.ts'

/** Where a message will go in its recipient, and from when on, as far as that is known when it is accepted. */
export type Foreseen = { readonly desk?: string; readonly notBefore?: Date }

/**
 * Asks the recipient's adapter as whoever delivers will ask it; nothing of it is kept. `ageOf` reads the child's age, and is called
 * only where a desk asks for it. An adapter that fails is told of where it is asked to deliver: the message has been accepted.
 */
export function foresee(
  agency: Agency,
  message: Omit<Metadata, 'ageYears'>,
  ageOf: () => number | undefined,
  now: Date,
): Foreseen {
  if (agency.desks.length === 0) return {}
  try {
    const { desk, notBefore } = askAdapter(agency, message, readsAge(agency) ? ageOf() : undefined, now)
    return { ...(desk !== undefined && { desk }), ...(notBefore && { notBefore }) }
  } catch {
    return {}
  }
}

/** A desk as the directory shows it: whether somebody is there now, and else from when on. */
export type ShownDesk = {
  readonly id: string
  readonly name: Text
  readonly hours?: Hours
  readonly openNow: boolean
  readonly opensAt?: Date
}

/** Gives an agency's desks, in their order. A desk without hours is always open; one that opens in none of the next days has no time. */
export function showDesks({ desks }: Agency, now: Date): readonly ShownDesk[] {
  return desks.map((desk) => {
    const { id, name, hours } = desk
    return { id, name, ...(hours && { hours }), ...standing(desk, now) }
  })
}

type Standing = Pick<ShownDesk, 'openNow' | 'opensAt'>

/** A closed desk stays closed until it opens: the directory of a country need not reckon that at each request. */
const closed = new WeakMap<Desk, { readonly from: Date; readonly opensAt: Date }>()

function standing(desk: Desk, now: Date): Standing {
  const known = closed.get(desk)
  if (known !== undefined && known.from <= now && now < known.opensAt) return { openNow: false, opensAt: known.opensAt }
  if (isStaffed(desk, now)) return { openNow: true }
  const opensAt = desk.hours && findOpening(desk.hours, now)
  if (opensAt === undefined) return { openNow: false }
  closed.set(desk, { from: now, opensAt })
  return { openNow: false, opensAt }
}
