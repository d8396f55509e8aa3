import type { Queryable } from './database.ts'

/** Notes that agencies have called; never earlier than is known. */
export async function noteCall(database: Queryable, agency: string, at: Date): Promise<void> {
  await database.query({
    name: 'note-call',
    text: `insert into agency_call as known (agency, at) values ($1, $2)
      on conflict (agency) do update set at = excluded.at where excluded.at > known.at`,
    values: [agency, at],
  })
}
