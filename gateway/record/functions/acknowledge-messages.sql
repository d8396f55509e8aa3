-- Records recipients' acknowledgements, with the leaves of their receipts, in one round trip. What is written about a message
-- holds only while it stands as it was when its receipts were signed: `known_attempts`, `known_desks` and `unconsigned` (nothing
-- was consigned yet, so that a ContentConsignment stands among its leaves, before the answer). Otherwise its place comes back as
-- `stale`; where it may no longer be acknowledged, with the state that it is in; without an outcome where there is no such
-- delivery. A place that is not given back was written. Messages are distinct within a batch; `leaf_places` tells to which of them
-- each leaf belongs. Deliveries are locked in the order of their numbers, and the log's row last.
create or replace function acknowledge_messages(
  nos bigint[], known_attempts integer[], known_desks text[], unconsigned boolean[], states_from text[], states_to text[],
  feeds text[], leaf_places integer[], leaf_ids uuid[], leaf_events text[], leaf_starts integer[], leaf_lengths integer[],
  leaf_bytes bytea)
returns table (place integer, outcome text)
language plpgsql as $$
#variable_conflict use_column
declare
  -- Of each message, by its place.
  outcomes text[];
  -- Which of the leaves are appended.
  wanted integer[];
  first_index bigint;
begin
  with standing as materialized (
    select message_no, state, attempts, desk, consigned_leaf from delivery where message_no = any(nos)
    order by message_no for update)
  select array_agg(
    case
      when state <> all(states_from) then state
      when attempts = known_attempts and desk is not distinct from known_desk and (consigned_leaf is null) = was_unconsigned
        then 'written'
      when message_no is not null then 'stale'
    end order by ord)
  into outcomes
  from unnest(nos, known_attempts, known_desks, unconsigned) with ordinality
    as known (no, known_attempts, known_desk, was_unconsigned, ord)
    left join standing on message_no = no;

  wanted := array(select at from generate_subscripts(leaf_places, 1) as at where outcomes[leaf_places[at]] = 'written');
  if cardinality(wanted) > 0 then
    first_index := append_leaves(
      ids => array(select leaf_ids[at] from unnest(wanted) as at),
      typs => array_fill('delivery-receipt+jws'::text, array[cardinality(wanted)]),
      events => array(select leaf_events[at] from unnest(wanted) as at),
      message_nos => array(select nos[leaf_places[at]] from unnest(wanted) as at),
      feeds => array(select feeds[leaf_places[at]] from unnest(wanted) as at),
      starts => array(select leaf_starts[at] from unnest(wanted) as at),
      lengths => array(select leaf_lengths[at] from unnest(wanted) as at),
      bytes => leaf_bytes);

    with appended as (
      select leaf_places[at] as of_place, leaf_events[at] = 'ContentConsignment' as is_consignment, first_index + ord - 1 as index
      from unnest(wanted) with ordinality as leaf (at, ord)),
    told as (
      select of_place, min(index) filter (where is_consignment) as consignment, min(index) filter (where not is_consignment) as answer
      from appended group by of_place)
    update delivery set state = states_to[of_place], lease_until = null, attempts = greatest(1, attempts), answer_leaf = answer,
      consigned_leaf = coalesce(consigned_leaf, consignment)
    from told where message_no = nos[of_place];
  end if;

  return query
  select ord::integer, result from unnest(outcomes) with ordinality as each (result, ord) where result is distinct from 'written';
end
$$;
