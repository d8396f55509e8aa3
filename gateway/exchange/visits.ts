import { type Database, noteInboxVisit } from '../record/record.ts'

/** An inbox is asked for at every moment: it is noted this seldom, in each process. */
const NOTED_MS = 10 * 60_000

/** Notes when agencies ask for their inboxes, for the directory (protocol section 1). @throws what the record does */
export function openVisits({ database, now }: { readonly database: Database; readonly now: () => Date }) {
  const noted = new Map<string, number>()
  return async (agency: string): Promise<void> => {
    const at = now()
    if (at.getTime() - (noted.get(agency) ?? 0) < NOTED_MS) return
    await noteInboxVisit(database, agency, at)
    noted.set(agency, at.getTime())
  }
}
