-- Records recipients' acknowledgements, with the leaves of their receipts, in one round trip. What is written about a message
-- holds only while it stands as it was when its receipts were signed: `known_attempts`, `known_desks` and `unconsigned` (nothing
-- was consigned yet, so that its leaves begin with a consignment). Otherwise its place comes back as `stale`; where it may no
-- longer be acknowledged, with the state that it is in; without an outcome where there is no such delivery. A place that is not
-- given back was written. Messages are distinct within a batch. Deliveries are locked in the order of their numbers, and the
-- log's row last, so that indices follow the order of commits.
create function acknowledge_messages(
  nos bigint[], known_attempts integer[], known_desks text[], unconsigned boolean[], states_from text[], states_to text[],
  feeds text[], leaf_places integer[], leaf_ids uuid[], leaf_events text[], leaf_starts integer[], leaf_lengths integer[],
  leaf_bytes bytea)
returns table (place integer, outcome text)
language plpgsql as $$
#variable_conflict use_column
declare
  outcomes text[];
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

  with written as (
    select no, state_to, id, event, start, length, feed, row_number() over (order by ord) as nth
    from unnest(leaf_places, leaf_ids, leaf_events, leaf_starts, leaf_lengths) with ordinality
      as leaf (place, id, event, start, length, ord),
      lateral (select nos[place] as no, states_to[place] as state_to, feeds[place] as feed) as about
    where outcomes[place] = 'written'),
  head as (update log set size = size + (select count(*) from written) returning size - (select count(*) from written) as first),
  appended as (
    insert into leaf (index, id, typ, jws, event, message_no, feed)
    select (select first from head) + nth - 1, id, 'delivery-receipt+jws', substring(leaf_bytes from start for length), event,
      no, feed
    from written),
  answered as (
    select no, state_to, (select first from head) + min(nth) - 1 as first_leaf, (select first from head) + max(nth) - 1 as last_leaf
    from written group by no, state_to)
  update delivery set state = state_to, lease_until = null, attempts = greatest(1, attempts), answer_leaf = last_leaf,
    consigned_leaf = coalesce(consigned_leaf, first_leaf)
  from answered where message_no = no;

  return query
  select ord::integer, result from unnest(outcomes) with ordinality as each (result, ord) where result is distinct from 'written';
end
$$;
