import type { Queryable } from './database.ts'

/** A leaf that operators are told of as it comes: an act, or what became of a message. */
export type ToldLeaf = {
  readonly index: number
  readonly id: string
  /** Null: an act. */
  readonly event: string | null
  readonly act: string | null
  readonly agency: string | null
  readonly sender: string | null
  readonly message_id: string | null
  readonly case_id: string | null
}

/** Those behind a place in the log, in order; -1 is the start. */
export async function toldLeaves(database: Queryable, after: number, limit: number): Promise<readonly ToldLeaf[]> {
  const { rows } = await database.query<ToldLeaf>({
    name: 'told-leaves',
    text: `
      select told.index, told.id, told.event, a.act,
        coalesce(a.agency, m.recipient) as agency, coalesce(a.sender, m.sender) as sender,
        coalesce(a.message_id, m.id) as message_id, coalesce(a.case_id, m.case_id) as case_id
      from (
        select index, id, event, message_no from leaf
        where index > $1 and (typ = 'operator-act+jws' or event in (
          'ContentConsignmentFailure', 'DeliveryResumed', 'MessageDiscarded', 'ResponseOverdue', 'AcceptanceRejectionExpiry'))
        order by index limit $2) told
        left join act a on a.id = told.id left join message m on m.no = told.message_no
      order by told.index`,
    values: [after, limit],
  })
  return rows
}
