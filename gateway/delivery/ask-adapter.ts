import { adapters, type Metadata } from '../../adapters/index.ts'
import type { Agency } from '../protocol/protocol.ts'

type Message = Omit<Metadata, 'ageYears'>
type Answer = ReturnType<(typeof adapters)[Agency['kind']]>

/** What an agency's adapter is asked once the child's age is known, or not: the same when a message is accepted as when it is delivered. */
export function askAdapter(agency: Agency, message: Message, ageYears: number | undefined, now: Date): Answer {
  return adapters[agency.kind](agency, ageYears === undefined ? message : { ...message, ageYears }, now)
}
