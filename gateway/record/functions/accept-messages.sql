-- Records a batch of messages: key of the case, message, delivery, receipt and leaf, in one round trip. Between the statements
-- nobody's answer has to find its way through a busy process, so locks are held for as long as PostgreSQL itself takes.
--
-- A message counts only if the key that it was sealed under is the one that its case has: a case opened by another process at
-- the same time, or one whose key has been erased, comes back as `other-key`, with the key that stands. Only `fresh` keys are
-- put where there is none, and never one that was destroyed; a case of which nothing is made is left without. A place that is not given back was made. Senders and ids are distinct
-- within a batch, and come in the order of both, so that two batches wait for each other and never in a circle; the log's row comes last.
--
-- What a message names as attached is given by its place, the attachment's number, and its key as wrapped for the message. Where an
-- attachment has been deleted meanwhile, the message comes back as `attachment-missing`; where it has not, it no longer can be.
create or replace function accept_messages(
  senders text[], ids uuid[], recipients text[], case_ids uuid[], types text[], schema_versions text[], priorities smallint[],
  in_reply_tos uuid[], respond_bys timestamptz[], sizes integer[], accepted_ats timestamptz[], digests bytea,
  sealed_starts integer[], sealed_lengths integer[], sealed_bytes bytea, fresh boolean[], wrapped_keys bytea[],
  receipt_ids uuid[], receipt_starts integer[], receipt_lengths integer[], receipt_bytes bytea,
  naming_places integer[] default '{}', attachment_nos bigint[] default '{}', attachment_keys bytea[] default '{}',
  fact_starts integer[] default '{}', fact_lengths integer[] default '{}', fact_bytes bytea default '',
  request_ids uuid[] default '{}')
returns table (place integer, outcome text, standing_key bytea)
language plpgsql as $$
#variable_conflict use_column
declare
  -- The cases that have their key from here.
  opened uuid[];
  all_keys_ours boolean;
  -- What was made: its number, and at which place of the input it stood.
  made_nos bigint[];
  made_places integer[];
  -- At which places something that is named is missing.
  missing_places integer[] := '{}';
begin
  with made as (
    insert into case_key (case_id, wrapped)
    select distinct on (case_id) case_id, key from unnest(case_ids, wrapped_keys, fresh) as new_key (case_id, key, is_fresh)
    where is_fresh and not exists (select from erasure where erasure.case_id = new_key.case_id and key_digest = sha256(key))
    order by case_id on conflict (case_id) do nothing returning case_id)
  select coalesce(array_agg(case_id), '{}') into opened from made;
  all_keys_ours := cardinality(opened) = cardinality(case_ids);
  if not all_keys_ours then
    perform from case_key where case_id = any(case_ids) order by case_id for key share;
  end if;

  if cardinality(attachment_nos) > 0 then
    perform from attachment where no = any(attachment_nos) order by no for no key update;
    missing_places := array(
      select place from unnest(naming_places, attachment_nos) as naming (place, named_no)
      where not exists (select from attachment where no = named_no));
  end if;

  with made as (
    insert into message (sender, id, recipient, case_id, type, schema_version, priority, in_reply_to, respond_by, digest, size,
      accepted_at, sealed, request_id)
    select sender, id, recipient, case_id, type, schema_version, priority, in_reply_to, respond_by,
      substring(digests from (32 * (ord - 1) + 1)::integer for 32), size, accepted_at,
      substring(sealed_bytes from start for length), request_ids[ord]
    from unnest(senders, ids, recipients, case_ids, types, schema_versions, priorities, in_reply_tos, respond_bys,
      sizes, accepted_ats, sealed_starts, sealed_lengths, wrapped_keys) with ordinality
      as input (sender, id, recipient, case_id, type, schema_version, priority, in_reply_to, respond_by,
        size, accepted_at, start, length, key, ord)
    -- As a value and not by `exists`, for which all keys would be read into a hash.
    where (all_keys_ours or (select wrapped from case_key where case_key.case_id = input.case_id) = key)
      and ord <> all(missing_places)
    order by ord
    on conflict (sender, id) do nothing
    returning no)
  select coalesce(array_agg(no order by no), '{}') into made_nos from made;

  -- Numbers are given in the order of the input: where all were made, each is at its own place.
  if cardinality(made_nos) = cardinality(ids) then
    made_places := array(select generate_subscripts(ids, 1));
  else
    select coalesce(array_agg(ord order by no), '{}') into made_places
    from unnest(senders, ids) with ordinality as input (sender, id, ord) join message using (sender, id)
    where no = any(made_nos);
  end if;

  if cardinality(made_nos) > 0 then
    insert into delivery (message_no, recipient, priority, state, due_at)
    select no, recipients[at], priorities[at], 'accepted', accepted_ats[at] from unnest(made_nos, made_places) as made (no, at);

    -- A length of 0 is a message of which nothing is kept.
    if octet_length(fact_bytes) > 0 then
      insert into case_fact (message_no, referred_at, sealed)
      select no, case when types[at] = 'referral' then accepted_ats[at] end, substring(fact_bytes from fact_starts[at] for fact_lengths[at])
      from unnest(made_nos, made_places) as made (no, at) where fact_lengths[at] > 0;
    end if;

    -- What asks for no answer by a time, and answers nothing, pays nothing for it.
    if array_remove(respond_bys, null) <> '{}' or array_remove(in_reply_tos, null) <> '{}' then
      perform await_answers(
        nos => made_nos,
        senders => array(select senders[at] from unnest(made_places) as at),
        recipients => array(select recipients[at] from unnest(made_places) as at),
        in_reply_tos => array(select in_reply_tos[at] from unnest(made_places) as at),
        respond_bys => array(select respond_bys[at] from unnest(made_places) as at));
    end if;

    if cardinality(attachment_nos) > 0 then
      insert into message_attachment (message_no, attachment_no, wrapped_key)
      select made_nos[array_position(made_places, place)], named_no, key
      from unnest(naming_places, attachment_nos, attachment_keys) as naming (place, named_no, key)
      where place = any(made_places);
      update attachment set named = true where not named and no in (
        select named_no from unnest(naming_places, attachment_nos) as naming (place, named_no) where place = any(made_places));
    end if;

    perform append_leaves(
      ids => array(select receipt_ids[at] from unnest(made_places) as at),
      typs => array_fill('delivery-receipt+jws'::text, array[cardinality(made_nos)]),
      events => array_fill('SubmissionAcceptance'::text, array[cardinality(made_nos)]),
      message_nos => made_nos,
      feeds => array(select senders[at] from unnest(made_places) as at),
      starts => array(select receipt_starts[at] from unnest(made_places) as at),
      lengths => array(select receipt_lengths[at] from unnest(made_places) as at),
      bytes => receipt_bytes);
  end if;

  -- What was made needs no word.
  if cardinality(made_nos) < cardinality(ids) then
    return query
    select ord::integer, case when wrapped is distinct from key then 'other-key'
      when ord = any(missing_places) then 'attachment-missing' else 'used' end, wrapped
    from unnest(case_ids, wrapped_keys) with ordinality as input (case_id, key, ord) left join case_key using (case_id)
    where ord <> all(made_places);

    -- Nobody else has seen such a key: a message that comes again after its case was erased gives that none.
    delete from case_key where case_id = any(opened)
      and case_id <> all(array(select case_ids[at] from unnest(made_places) as at));
  end if;
end
$$;
