-- Tells that messages lie unread, with the leaves of the receipts, in one round trip: of each that is still not acknowledged and of which
-- nobody was told yet. Gives the numbers of those that were told. Rows are locked in the order of their numbers, and the log's row last.
create or replace function tell_unread(
  nos bigint[], senders text[], told_at timestamptz, leaf_ids uuid[], leaf_starts integer[], leaf_lengths integer[], leaf_bytes bytea)
returns setof bigint
language plpgsql as $$
#variable_conflict use_column
declare
  -- The places of those that are told.
  wanted integer[];
begin
  with standing as materialized (
    select message_no from delivery where message_no = any(nos) and state = 'consigned' and unread_at is not null
    order by message_no for update)
  select coalesce(array_agg(place order by place), '{}') into wanted
  from unnest(nos) with ordinality as known (no, place) join standing on message_no = no;
  if wanted = '{}' then
    return;
  end if;

  perform append_leaves(
    ids => array(select leaf_ids[place] from unnest(wanted) as place),
    typs => array_fill('delivery-receipt+jws'::text, array[cardinality(wanted)]),
    events => array_fill('AcceptanceRejectionExpiry'::text, array[cardinality(wanted)]),
    message_nos => array(select nos[place] from unnest(wanted) as place),
    feeds => array(select senders[place] from unnest(wanted) as place),
    starts => array(select leaf_starts[place] from unnest(wanted) as place),
    lengths => array(select leaf_lengths[place] from unnest(wanted) as place),
    bytes => leaf_bytes);

  update delivery set unread_at = null, expired_at = told_at
  from unnest(wanted) as place where message_no = nos[place];
  return query select nos[place] from unnest(wanted) as place;
end
$$;
