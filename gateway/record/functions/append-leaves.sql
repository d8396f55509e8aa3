-- Appends leaves to the evidence log, in order, and gives the index of the first. The only one that does. It holds the log's row until
-- the transaction ends, so that indices follow the order of commits: whoever calls it has taken all other locks before. To a log that
-- was closed nothing is appended: the record is then as one that takes no writes (SQLSTATE 25006).
create or replace function append_leaves(
  ids uuid[], typs text[], events text[], message_nos bigint[], feeds text[], starts integer[], lengths integer[], bytes bytea)
returns bigint
language plpgsql as $$
declare
  first_index bigint;
begin
  update log set size = size + cardinality(ids) where closed_at is null returning size - cardinality(ids) into first_index;
  if not found then
    if exists (select from log) then
      raise exception 'the evidence log is closed' using errcode = 'read_only_sql_transaction';
    end if;
    raise exception 'the evidence log is not open';
  end if;

  insert into leaf (index, id, typ, jws, event, message_no, feed)
  select first_index + ord - 1, id, typ, substring(bytes from start for length), event, message_no, feed
  from unnest(ids, typs, events, message_nos, feeds, starts, lengths) with ordinality
    as input (id, typ, event, message_no, feed, start, length, ord);
  return first_index;
end
$$;
