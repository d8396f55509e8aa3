import type { Queryable } from './database.ts'

/** A leaf that is no receipt. Its JWS is null where it speaks of a message or a case that is not the asker's. */
export type LogEntry = {
  readonly index: number
  readonly typ: 'registry-entry+jws' | 'operator-act+jws'
  readonly jws: Buffer | null
}

/**
 * The registry's entries and the operators' acts in a part of the log, in order. An act on a message is shown to its sender and its
 * recipient, one on a case to whoever took part in it, all else to every agency.
 * @param from, to indices in the record, the second not included
 */
export async function logEntries(
  database: Queryable,
  agency: string,
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
): Promise<readonly LogEntry[]> {
  const { rows } = await database.query<LogEntry>({
    name: 'log-entries',
    text: `
      select listed.index, listed.typ, case when
        listed.typ = 'registry-entry+jws'
        or a.id is not null and case
          when a.message_id is not null then exists (
            select from message m where m.sender = a.sender and m.id = a.message_id and $4 in (m.sender, m.recipient))
          when a.case_id is not null then exists (
            select from message m where m.case_id = a.case_id and $4 in (m.sender, m.recipient))
          else true end
        then listed.jws end as jws
      from (
        select index, typ, jws from leaf
        where index >= $1 and index < $2 and typ <> 'delivery-receipt+jws' order by index limit $3) listed
        left join act a on a.leaf_index = listed.index
      order by listed.index`,
    values: [from, to, limit, agency],
  })
  return rows
}
