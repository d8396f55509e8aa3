-- Tells that answers are overdue, with the leaves of the receipts, in one round trip: of each message that still waits for its answer and
-- of which nobody was told yet. Each leaf stands in two feeds: the sender's, and that of the recipient, who owes it. Gives the numbers of
-- those that were told. Rows are locked in the order of their numbers, and the log's row last.
create or replace function tell_overdue(
  nos bigint[], senders text[], recipients text[], told_at timestamptz, leaf_ids uuid[], leaf_starts integer[], leaf_lengths integer[],
  leaf_bytes bytea)
returns setof bigint
language plpgsql as $$
#variable_conflict use_column
declare
  -- The places of those that are told.
  wanted integer[];
  first_index bigint;
begin
  with standing as materialized (
    select message_no from awaited_answer where message_no = any(nos) and told_at is null order by message_no for update)
  select coalesce(array_agg(place order by place), '{}') into wanted
  from unnest(nos) with ordinality as known (no, place) join standing on message_no = no;
  if wanted = '{}' then
    return;
  end if;

  first_index := append_leaves(
    ids => array(select leaf_ids[place] from unnest(wanted) as place),
    typs => array_fill('delivery-receipt+jws'::text, array[cardinality(wanted)]),
    events => array_fill('ResponseOverdue'::text, array[cardinality(wanted)]),
    message_nos => array(select nos[place] from unnest(wanted) as place),
    feeds => array(select senders[place] from unnest(wanted) as place),
    starts => array(select leaf_starts[place] from unnest(wanted) as place),
    lengths => array(select leaf_lengths[place] from unnest(wanted) as place),
    bytes => leaf_bytes);

  -- Who asks itself has it in its feed already.
  insert into leaf_in_feed (agency, leaf_index)
  select recipients[place], first_index + ord - 1 from unnest(wanted) with ordinality as leaf (place, ord)
  where recipients[place] <> senders[place];

  update awaited_answer set told_at = tell_overdue.told_at
  from unnest(wanted) as place where message_no = nos[place];
  return query select nos[place] from unnest(wanted) as place;
end
$$;
