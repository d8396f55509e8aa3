import type { Queryable } from './database.ts'
import type { MessageRow } from './messages.ts'

/** A message in an inbox: consigned, and where in the log that was. */
export type InboxRow = Pick<
  MessageRow,
  'sender' | 'id' | 'case_id' | 'type' | 'priority' | 'size' | 'accepted_at' | 'desk'
> & { readonly consigned_leaf: number }

const COLUMNS = 'm.sender, m.id, m.case_id, m.type, m.priority, m.size, m.accepted_at, d.desk, d.consigned_leaf'

/** Where a page of the inbox begins: behind this priority and place. */
export type Place = { readonly priority: number; readonly leaf: number }

/** What waits in an agency's inbox: immediate first, then urgent, then routine, each oldest first. */
export async function inboxPage(
  database: Queryable,
  agency: string,
  { desk, after, limit }: { desk: string | undefined; after: Place | undefined; limit: number },
): Promise<readonly InboxRow[]> {
  const { rows } = await database.query<InboxRow>({
    name: 'inbox-page',
    text: `
      select ${COLUMNS} from delivery d join message m on m.no = d.message_no
      where d.recipient = $1 and d.state = 'consigned' and (d.priority, d.consigned_leaf) > ($2::smallint, $3::bigint)
        and ($4::text is null or d.desk = $4)
      order by d.priority, d.consigned_leaf limit $5`,
    values: [agency, after?.priority ?? -1, after?.leaf ?? -1, desk ?? null, limit],
  })
  return rows
}

/** What came into an agency's inbox behind a place in the log, in the order of arrival. */
export async function inboxArrivals(
  database: Queryable,
  agency: string,
  { desk, after, limit }: { desk: string | undefined; after: number; limit: number },
): Promise<readonly InboxRow[]> {
  const { rows } = await database.query<InboxRow>({
    name: 'inbox-arrivals',
    text: `
      select ${COLUMNS} from delivery d join message m on m.no = d.message_no
      where d.recipient = $1 and d.state = 'consigned' and d.consigned_leaf > $2 and ($3::text is null or d.desk = $3)
      order by d.consigned_leaf limit $4`,
    values: [agency, after, desk ?? null, limit],
  })
  return rows
}
