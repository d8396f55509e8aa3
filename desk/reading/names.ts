import type { Directory } from '../../sdk/browser.ts'
import pathway from '../../schemas/pathway.json' with { type: 'json' }
import reasons from '../../schemas/1.2/codes/refusalReason.schema.json' with { type: 'json' }
import type { Known } from '../sending/known.ts'
import type { Here } from '../sending/moments.ts'
import type { Telling } from '../sending/told.ts'
import type { Session } from '../shell/session.ts'
import type { Language, Text } from '../words/words.ts'
import type { PathwayRow } from './replies.ts'

/** Who may send what to whom, with its words. */
export const rows: readonly PathwayRow[] = pathway.rows

/** Why a message may be refused: the codes of the list `refusalReason`. */
export const refusalReasons: readonly { readonly code: string; readonly text: Text }[] = Object.entries(
  reasons['x-enumTitles'],
).map(([code, text]) => ({ code, text }))

/** What a type is called; by its own name where nobody has called it anything. */
export const typeName = (type: string, language: Language): string =>
  rows.find((row) => row.type === type)?.title[language] ?? type

/** An agency in the directory, as far as it is known. */
export const agencyOf = (published: Known | undefined, id: string): Directory['agencies'][number] | undefined =>
  published?.directory.agencies.find((agency) => agency.id === id)

/** What an agency is called; by its id where the directory is not known. */
export const agencyName = (published: Known | undefined, id: string, language: Language): string =>
  agencyOf(published, id)?.name[language] ?? id

/** The time of this device, and how it is said. */
export function hereOf({ now }: Pick<Session, 'now'>, language: Language): Here {
  return { language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, now: now() }
}

/** How receipts are told on this device. */
export function tellingOf(session: Session, published: Known | undefined, language: Language): Telling {
  return {
    ...hereOf(session, language),
    agency: session.agency,
    party(id) {
      const agency = agencyOf(published, id)
      const telephone = agency?.dutyTelephone ?? agency?.contact?.outOfHours ?? agency?.contact?.phone
      return { name: agency?.name[language] ?? id, telephone }
    },
    reason: (code) => refusalReasons.find((one) => one.code === code)?.text[language] ?? code,
  }
}
