import type { Queryable } from './database.ts'

/** Notes that an agency has asked for its inbox; never earlier than is known. */
export async function noteInboxVisit(database: Queryable, agency: string, at: Date): Promise<void> {
  await database.query({
    name: 'note-inbox-visit',
    text: `insert into inbox_visit as known (agency, at) values ($1, $2)
      on conflict (agency) do update set at = excluded.at where excluded.at > known.at`,
    values: [agency, at],
  })
}

/** The agencies that have asked for their inbox since then. */
export async function inboxVisitors(database: Queryable, since: Date): Promise<ReadonlySet<string>> {
  const { rows } = await database.query<{ agency: string }>('select agency from inbox_visit where at > $1', [since])
  return new Set(rows.map(({ agency }) => agency))
}
