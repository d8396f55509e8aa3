-- Records a batch of messages: key of the case, message, delivery, receipt and leaf, in one round trip. Between the statements
-- nobody's answer has to find its way through a busy process, so locks are held for as long as PostgreSQL itself takes.
--
-- A message counts only if the key that it was sealed under is the one that its case has: a case opened by another process at
-- the same time, or one whose key has been erased, comes back as `other-key`, with the key that stands. Only `fresh` keys are
-- put where there is none. A place that is not given back was made. Senders and ids are distinct within a batch, and come in
-- the order of both, so that two batches wait for each other and never in a circle; the log's row comes last, so that indices
-- follow the order of commits.
create function accept_messages(
  senders text[], ids uuid[], recipients text[], case_ids uuid[], types text[], schema_versions text[], priorities smallint[],
  in_reply_tos uuid[], respond_bys timestamptz[], sizes integer[], accepted_ats timestamptz[], digests bytea,
  sealed_starts integer[], sealed_lengths integer[], sealed_bytes bytea, fresh boolean[], wrapped_keys bytea[],
  receipt_ids uuid[], receipt_starts integer[], receipt_lengths integer[], receipt_bytes bytea)
returns table (place integer, outcome text, standing_key bytea)
language plpgsql as $$
#variable_conflict use_column
declare
  nos bigint[];
  places integer[];
  first_index bigint;
  new_keys bigint;
  all_ours boolean;
  all_made boolean;
begin
  insert into case_key (case_id, wrapped)
  select distinct on (case_id) case_id, key from unnest(case_ids, wrapped_keys, fresh) as new_key (case_id, key, is_fresh)
  where is_fresh order by case_id on conflict (case_id) do nothing;
  get diagnostics new_keys = row_count;
  all_ours := new_keys = cardinality(case_ids);
  if not all_ours then
    perform from case_key where case_id = any(case_ids) order by case_id for key share;
  end if;

  with made as (
    insert into message (sender, id, recipient, case_id, type, schema_version, priority, in_reply_to, respond_by, digest, size,
      accepted_at, sealed)
    select sender, id, recipient, case_id, type, schema_version, priority, in_reply_to, respond_by,
      substring(digests from (32 * (ord - 1) + 1)::integer for 32), size, accepted_at,
      substring(sealed_bytes from start for length)
    from unnest(senders, ids, recipients, case_ids, types, schema_versions, priorities, in_reply_tos, respond_bys,
      sizes, accepted_ats, sealed_starts, sealed_lengths, wrapped_keys) with ordinality
      as input (sender, id, recipient, case_id, type, schema_version, priority, in_reply_to, respond_by,
        size, accepted_at, start, length, key, ord)
    where all_ours or exists (select from case_key where case_key.case_id = input.case_id and wrapped = key)
    order by ord
    on conflict (sender, id) do nothing
    returning no)
  select array_agg(no order by no) into nos from made;
  all_made := coalesce(cardinality(nos), 0) = cardinality(ids);

  -- Numbers are given in the order of the input. Where not all were made, what follows goes on with those that were.
  if not all_made then
    select array_agg(message.no order by ord), array_agg(ord::integer order by ord), array_agg(input.sender order by ord),
      array_agg(input.recipient order by ord), array_agg(input.priority order by ord), array_agg(input.accepted_at order by ord),
      array_agg(receipt_id order by ord), array_agg(receipt_start order by ord), array_agg(receipt_length order by ord)
    into nos, places, senders, recipients, priorities, accepted_ats, receipt_ids, receipt_starts, receipt_lengths
    from unnest(senders, ids, recipients, priorities, accepted_ats, receipt_ids, receipt_starts, receipt_lengths) with ordinality
      as input (sender, id, recipient, priority, accepted_at, receipt_id, receipt_start, receipt_length, ord)
      join message using (sender, id)
    where message.no = any(nos);
  end if;

  if nos is not null then
    insert into delivery (message_no, recipient, priority, state, due_at)
    select no, recipient, priority, 'accepted', accepted_at
    from unnest(nos, recipients, priorities, accepted_ats) as due (no, recipient, priority, accepted_at);
    update log set size = size + cardinality(nos) returning size - cardinality(nos) into first_index;
    insert into leaf (index, id, typ, jws, event, message_no, feed)
    select first_index + ord - 1, id, 'delivery-receipt+jws', substring(receipt_bytes from start for length),
      'SubmissionAcceptance', no, sender
    from unnest(nos, receipt_ids, receipt_starts, receipt_lengths, senders) with ordinality
      as receipt (no, id, start, length, sender, ord);
  end if;

  -- What was made needs no word.
  if all_made then
    return;
  end if;
  return query
  select ord::integer, case when wrapped is distinct from key then 'other-key' else 'used' end, wrapped
  from unnest(case_ids, wrapped_keys) with ordinality as asked (case_id, key, ord) left join case_key using (case_id)
  where places is null or ord <> all(places);
end
$$;
