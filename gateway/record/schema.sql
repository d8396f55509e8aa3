-- The schema of the record after all migrations, as PostgreSQL describes it, functions and triggers at the end. Made by scripts/dump-schema.ts;
-- not run by anything: a test compares it with what the migrations come to, so that each change of the schema can be read here.

create table accounting (
  only_one boolean not null default true,
  next_no bigint not null default 0,
  looked_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  constraint accounting_pkey PRIMARY KEY (only_one),
  constraint accounting_only_one_check CHECK (only_one)
);

create table act (
  id uuid not null,
  at timestamp with time zone not null,
  act text not null,
  operator text,
  sealed_reason bytea,
  leaf_index bigint not null,
  agency text,
  sender text,
  message_id uuid,
  case_id uuid,
  reason_code text,
  rang_at timestamp with time zone,
  constraint act_pkey PRIMARY KEY (id)
);
CREATE INDEX act_handover ON public.act USING btree (at) WHERE ((act = 'handover'::text) AND (sealed_reason IS NOT NULL));
CREATE INDEX act_of_agency ON public.act USING btree (agency, leaf_index) WHERE (agency IS NOT NULL);
CREATE INDEX act_of_case ON public.act USING btree (case_id, leaf_index) WHERE (case_id IS NOT NULL);
CREATE INDEX act_with_reason ON public.act USING btree (case_id) WHERE ((case_id IS NOT NULL) AND (sealed_reason IS NOT NULL));
CREATE UNIQUE INDEX act_in_log ON public.act USING btree (leaf_index);

create table agency_call (
  agency text not null,
  at timestamp with time zone not null,
  constraint agency_call_pkey PRIMARY KEY (agency)
);

create table alarm (
  id uuid not null,
  code text not null,
  subject text not null,
  began_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  acknowledged_by text,
  acknowledged_act uuid,
  constraint alarm_pkey PRIMARY KEY (id)
);
CREATE INDEX alarm_over ON public.alarm USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE UNIQUE INDEX alarm_on ON public.alarm USING btree (code, subject) WHERE (ended_at IS NULL);

create table alarm_notice (
  alarm_id uuid not null,
  channel text not null,
  told integer not null default 0,
  attempts integer not null default 0,
  next_at timestamp with time zone not null,
  constraint alarm_notice_pkey PRIMARY KEY (alarm_id, channel),
  constraint alarm_notice_alarm_id_fkey FOREIGN KEY (alarm_id) REFERENCES alarm(id) ON DELETE CASCADE
);

create table attachment (
  no bigint generated always as identity not null,
  owner text not null,
  digest bytea not null,
  media_type text not null,
  size integer not null,
  put_at timestamp with time zone not null,
  wrapped_key bytea not null,
  place text,
  whole boolean not null default false,
  named boolean not null default false,
  constraint attachment_pkey PRIMARY KEY (no),
  constraint attachment_digest_check CHECK ((octet_length(digest) = 32)),
  constraint attachment_size_check CHECK ((size > 0))
);
CREATE INDEX attachment_outside ON public.attachment USING btree (place) WHERE (place IS NOT NULL);
CREATE INDEX attachment_passing ON public.attachment USING btree (put_at) WHERE (NOT named);
CREATE INDEX attachment_unfinished ON public.attachment USING btree (put_at) WHERE (NOT whole);
CREATE INDEX attachment_unnamed ON public.attachment USING btree (owner) INCLUDE (size) WHERE (NOT named);
CREATE UNIQUE INDEX attachment_of_owner ON public.attachment USING btree (owner, digest) WHERE whole;

create table attachment_chunk (
  attachment_no bigint not null,
  chunk_no integer not null,
  sealed bytea not null storage external,
  constraint attachment_chunk_pkey PRIMARY KEY (attachment_no, chunk_no),
  constraint attachment_chunk_attachment_no_fkey FOREIGN KEY (attachment_no) REFERENCES attachment(no) ON DELETE CASCADE,
  constraint attachment_chunk_chunk_no_check CHECK ((chunk_no >= 0))
);

create table attachment_left (
  place text not null,
  constraint attachment_left_pkey PRIMARY KEY (place)
);

create table attempt (
  message_no bigint not null,
  attempt integer not null,
  at timestamp with time zone not null,
  desk text,
  endpoint text not null,
  outcome text not null,
  status integer,
  detail text not null,
  duration_ms integer not null,
  constraint attempt_pkey PRIMARY KEY (message_no, attempt)
);

create table authority_certificate (
  thumbprint text not null,
  pem text not null,
  constraint authority_certificate_pkey PRIMARY KEY (thumbprint)
);

create table awaited_answer (
  message_no bigint not null,
  recipient text not null,
  respond_by timestamp with time zone not null,
  told_at timestamp with time zone,
  constraint awaited_answer_pkey PRIMARY KEY (message_no)
) with (autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_cost_delay=1);
CREATE INDEX awaited_answer_due ON public.awaited_answer USING btree (respond_by, message_no) WHERE (told_at IS NULL);
CREATE INDEX awaited_answer_overdue ON public.awaited_answer USING btree (told_at, recipient) WHERE (told_at IS NOT NULL);

create table bulk_turn (
  agency text not null,
  next_at timestamp with time zone not null,
  constraint bulk_turn_pkey PRIMARY KEY (agency)
);

create table case_fact (
  message_no bigint not null,
  referred_at timestamp with time zone,
  sealed bytea not null,
  constraint case_fact_pkey PRIMARY KEY (message_no)
);
CREATE INDEX case_fact_referral ON public.case_fact USING btree (referred_at, message_no) WHERE (referred_at IS NOT NULL);

create table case_key (
  case_id uuid not null,
  wrapped bytea not null,
  constraint case_key_pkey PRIMARY KEY (case_id)
);

create table checkpoint (
  size bigint not null,
  root bytea not null,
  at timestamp with time zone not null,
  note text not null,
  constraint checkpoint_pkey PRIMARY KEY (size),
  constraint checkpoint_root_check CHECK ((octet_length(root) = 32)),
  constraint checkpoint_size_check CHECK ((size >= 0))
);

create table cosignature (
  size bigint not null,
  witness text not null,
  at timestamp with time zone not null,
  line text not null,
  constraint cosignature_pkey PRIMARY KEY (size, witness),
  constraint cosignature_size_fkey FOREIGN KEY (size) REFERENCES checkpoint(size) ON DELETE CASCADE
);
CREATE INDEX cosignature_of_witness ON public.cosignature USING btree (witness, size);

create table crl_mark (
  issuer text not null,
  subject text not null,
  number numeric(49,0),
  this_update timestamp with time zone not null,
  constraint crl_mark_pkey PRIMARY KEY (issuer)
);

create table cursor_secret (
  only_one boolean not null default true,
  sealed bytea not null,
  constraint cursor_secret_pkey PRIMARY KEY (only_one),
  constraint cursor_secret_only_one_check CHECK (only_one)
);

create table daily_bytes (
  agency text not null,
  day date not null,
  taken bigint not null,
  constraint daily_bytes_pkey PRIMARY KEY (agency)
);

create table data_key (
  id bytea not null,
  is_current boolean not null,
  constraint data_key_pkey PRIMARY KEY (id),
  constraint data_key_id_check CHECK ((octet_length(id) = 8))
);
CREATE UNIQUE INDEX data_key_current ON public.data_key USING btree (is_current) WHERE is_current;

create table data_key_check (
  sealed bytea not null,
  only_one boolean not null default true,
  constraint data_key_check_only_one_check CHECK (only_one),
  constraint data_key_check_only_one_key UNIQUE (only_one)
);

create table delivery (
  message_no bigint not null,
  recipient text not null,
  priority smallint not null,
  state text not null,
  desk text,
  attempts integer not null default 0,
  spent integer not null default 0,
  due_at timestamp with time zone not null,
  lease_until timestamp with time zone,
  deadline timestamp with time zone,
  asked_to_wait boolean not null default false,
  consigned_leaf bigint,
  answer_leaf bigint,
  consigned_at timestamp with time zone,
  unread_at timestamp with time zone,
  expired_at timestamp with time zone,
  constraint delivery_pkey PRIMARY KEY (message_no),
  constraint delivery_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'consigned'::text, 'handed-over'::text, 'refused'::text, 'dead-lettered'::text, 'discarded'::text])))
) with (autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_cost_delay=1);
CREATE INDEX delivery_arrived ON public.delivery USING btree (recipient, consigned_leaf) WHERE (state = 'consigned'::text);
CREATE INDEX delivery_dead_at ON public.delivery USING btree (recipient, priority, message_no) WHERE (state = 'dead-lettered'::text);
CREATE INDEX delivery_due ON public.delivery USING btree (recipient, priority, due_at, message_no) WHERE (state = 'accepted'::text);
CREATE INDEX delivery_expired ON public.delivery USING btree (recipient, expired_at) WHERE ((state = 'consigned'::text) AND (expired_at IS NOT NULL));
CREATE INDEX delivery_in_inbox ON public.delivery USING btree (recipient, priority, consigned_leaf) INCLUDE (message_no) WHERE (state = 'consigned'::text);
CREATE INDEX delivery_in_state ON public.delivery USING btree (state COLLATE "C", message_no);
CREATE INDEX delivery_unread ON public.delivery USING btree (unread_at, message_no) WHERE ((state = 'consigned'::text) AND (unread_at IS NOT NULL));

create table erasure (
  act_id uuid not null,
  case_id uuid not null,
  at timestamp with time zone not null,
  key_digest bytea,
  constraint erasure_pkey PRIMARY KEY (act_id),
  constraint erasure_key_digest_check CHECK ((octet_length(key_digest) = 32))
);
CREATE INDEX erasure_in_time ON public.erasure USING btree (at, act_id);
CREATE INDEX erasure_of_case ON public.erasure USING btree (case_id);

create table function_made (
  no bigint generated always as identity not null,
  name text not null,
  digest bytea not null,
  at timestamp with time zone not null default now(),
  constraint function_made_pkey PRIMARY KEY (no),
  constraint function_made_digest_check CHECK ((octet_length(digest) = 32)),
  constraint function_made_name_digest_key UNIQUE (name, digest)
);

create table gateway_process (
  id uuid not null,
  name text not null,
  data_keys bytea[] not null,
  seen_at timestamp with time zone not null default now(),
  constraint gateway_process_pkey PRIMARY KEY (id)
);

create table held (
  agency text not null,
  since timestamp with time zone not null,
  until timestamp with time zone not null,
  constraint held_pkey PRIMARY KEY (agency, since)
);

create table hold (
  agency text not null,
  since timestamp with time zone not null,
  constraint hold_pkey PRIMARY KEY (agency)
);

create table inbox_visit (
  agency text not null,
  at timestamp with time zone not null,
  constraint inbox_visit_pkey PRIMARY KEY (agency)
);

create table leaf (
  index bigint not null,
  id uuid not null,
  typ text not null,
  jws bytea not null,
  event text,
  message_no bigint,
  feed text,
  constraint leaf_pkey PRIMARY KEY (index),
  constraint leaf_id_key UNIQUE (id),
  constraint leaf_index_check CHECK ((index >= 0)),
  constraint leaf_typ_check CHECK ((typ = ANY (ARRAY['delivery-receipt+jws'::text, 'registry-entry+jws'::text, 'operator-act+jws'::text])))
);
CREATE INDEX leaf_for_monitors ON public.leaf USING btree (index) WHERE (typ <> 'delivery-receipt+jws'::text);
CREATE INDEX leaf_of_feed ON public.leaf USING btree (feed, index) WHERE (feed IS NOT NULL);
CREATE INDEX leaf_of_message ON public.leaf USING btree (message_no, index) WHERE (message_no IS NOT NULL);
CREATE INDEX leaf_to_tell ON public.leaf USING btree (index) WHERE ((typ = 'operator-act+jws'::text) OR (event = ANY (ARRAY['ContentConsignmentFailure'::text, 'DeliveryResumed'::text, 'MessageDiscarded'::text, 'ResponseOverdue'::text, 'AcceptanceRejectionExpiry'::text])));

create table leaf_in_feed (
  agency text not null,
  leaf_index bigint not null,
  constraint leaf_in_feed_pkey PRIMARY KEY (agency, leaf_index)
);

create table log (
  origin text not null,
  size bigint not null,
  only_one boolean not null default true,
  base bigint not null default 0,
  verifier_keys text[] not null default '{}'::text[],
  closed_at timestamp with time zone,
  published_size bigint,
  published_root bytea,
  constraint log_pkey PRIMARY KEY (origin),
  constraint log_only_one_check CHECK (only_one),
  constraint log_only_one_key UNIQUE (only_one),
  constraint log_size_check CHECK ((size >= 0))
);

create table mail_trouble (
  agency text not null,
  failures integer not null,
  since timestamp with time zone not null,
  last_at timestamp with time zone not null,
  detail text not null,
  constraint mail_trouble_pkey PRIMARY KEY (agency)
);

create table message (
  no bigint generated always as identity not null,
  sender text not null,
  id uuid not null,
  recipient text not null,
  case_id uuid not null,
  type text not null,
  schema_version text not null,
  priority smallint not null,
  in_reply_to uuid,
  respond_by timestamp with time zone,
  digest bytea not null,
  size integer not null,
  accepted_at timestamp with time zone not null,
  sealed bytea storage external,
  request_id uuid,
  constraint message_pkey PRIMARY KEY (no),
  constraint message_digest_check CHECK ((octet_length(digest) = 32)),
  constraint message_priority_check CHECK (((priority >= 0) AND (priority <= 2))),
  constraint message_sender_id_key UNIQUE (sender, id),
  constraint message_size_check CHECK ((size > 0))
);
CREATE INDEX message_closing ON public.message USING btree (accepted_at, no) WHERE ((type = 'case-closure'::text) AND (sealed IS NOT NULL));
CREATE INDEX message_of_case ON public.message USING btree (case_id, no);
CREATE INDEX message_of_priority ON public.message USING btree (priority, no);
CREATE INDEX message_of_recipient ON public.message USING btree (recipient COLLATE "C", no);
CREATE INDEX message_of_sender ON public.message USING btree (sender COLLATE "C", no);
CREATE INDEX message_of_type ON public.message USING btree (type COLLATE "C", no);

create table message_attachment (
  message_no bigint not null,
  attachment_no bigint not null,
  wrapped_key bytea not null,
  constraint message_attachment_pkey PRIMARY KEY (message_no, attachment_no),
  constraint message_attachment_attachment_no_fkey FOREIGN KEY (attachment_no) REFERENCES attachment(no)
);
CREATE INDEX message_attachment_of ON public.message_attachment USING btree (attachment_no);

create table migration (
  name text not null,
  at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (name)
);

create table party_entry (
  party text not null,
  digest bytea not null,
  leaf_index bigint not null,
  constraint party_entry_pkey PRIMARY KEY (party)
);

create table party_leaf (
  party text not null,
  leaf_index bigint not null,
  constraint party_leaf_pkey PRIMARY KEY (party, leaf_index)
);

create table past_log (
  origin text not null,
  base bigint not null,
  verifier_keys text[] not null,
  closed_at timestamp with time zone not null,
  published_size bigint not null,
  published_root bytea,
  size bigint not null,
  note text not null,
  cosignatures text[] not null,
  constraint past_log_pkey PRIMARY KEY (origin)
);

create table pause (
  agency text not null,
  operator text not null,
  since timestamp with time zone not null,
  joined_by text,
  joined_at timestamp with time zone,
  constraint pause_pkey PRIMARY KEY (agency)
);

create table pending_act (
  act text not null,
  subject text not null,
  operator text not null,
  at timestamp with time zone not null,
  constraint pending_act_pkey PRIMARY KEY (act, subject)
);
CREATE INDEX pending_act_at ON public.pending_act USING btree (at);

create table pinned_certificate (
  thumbprint text not null,
  party text not null,
  use text not null,
  pem text not null,
  pinned_at timestamp with time zone not null,
  dropped_at timestamp with time zone,
  constraint pinned_certificate_pkey PRIMARY KEY (thumbprint, party, use),
  constraint pinned_certificate_use_check CHECK ((use = ANY (ARRAY['tls'::text, 'signing'::text])))
);

create table published_schema (
  version text not null,
  type text not null,
  id text not null,
  sha256 bytea not null,
  constraint published_schema_pkey PRIMARY KEY (version, type),
  constraint published_schema_sha256_check CHECK ((octet_length(sha256) = 32))
);

create unlogged table rate (
  key text not null,
  window_start timestamp with time zone not null,
  current integer not null,
  previous integer not null,
  granted integer not null,
  constraint rate_pkey PRIMARY KEY (key)
) with (fillfactor=50);

create table revocation_list (
  digest bytea not null,
  der bytea not null,
  constraint revocation_list_pkey PRIMARY KEY (digest),
  constraint revocation_list_digest_check CHECK ((octet_length(digest) = 32))
);

create table statistic (
  period text not null,
  sealed_counters bytea not null,
  frozen_at timestamp with time zone,
  publication jsonb,
  constraint statistic_pkey PRIMARY KEY (period),
  constraint statistic_check CHECK (((frozen_at IS NULL) = (publication IS NULL)))
);

create table successor_request (
  act_id uuid not null,
  operator text not null,
  at timestamp with time zone not null,
  reason_code text,
  sealed_reason bytea not null,
  jws bytea not null,
  only_one boolean not null default true,
  constraint successor_request_pkey PRIMARY KEY (act_id),
  constraint successor_request_only_one_check CHECK (only_one),
  constraint successor_request_only_one_key UNIQUE (only_one)
);

create table tile (
  base bigint not null,
  index bigint not null,
  hashes bytea not null storage external,
  constraint tile_pkey PRIMARY KEY (base, index),
  constraint tile_hashes_check CHECK ((octet_length(hashes) = 8192))
);

create table tile_hash (
  base bigint not null,
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  constraint tile_hash_pkey PRIMARY KEY (base, level, index),
  constraint tile_hash_hash_check CHECK ((octet_length(hash) = 32)),
  constraint tile_hash_level_check CHECK ((level > 0))
);

create table time_stamp (
  base bigint not null,
  size bigint not null,
  at timestamp with time zone not null,
  note text not null,
  token bytea not null,
  constraint time_stamp_pkey PRIMARY KEY (base, size),
  constraint time_stamp_size_check CHECK ((size > 0)),
  constraint time_stamp_token_check CHECK ((octet_length(token) <= 65536))
);

create table time_stamping (
  tried_at timestamp with time zone,
  failures integer not null default 0,
  only_one boolean not null default true,
  constraint time_stamping_pkey PRIMARY KEY (only_one),
  constraint time_stamping_failures_check CHECK ((failures >= 0)),
  constraint time_stamping_only_one_check CHECK (only_one)
);

create table unaccounted (
  message_no bigint not null,
  constraint unaccounted_pkey PRIMARY KEY (message_no)
);

create table way_test (
  agency text not null,
  act_id uuid not null,
  at timestamp with time zone not null,
  operator text not null,
  taken_at timestamp with time zone,
  done_at timestamp with time zone,
  results jsonb,
  constraint way_test_pkey PRIMARY KEY (agency)
);
CREATE INDEX way_test_due ON public.way_test USING btree (at) WHERE (done_at IS NULL);

CREATE OR REPLACE FUNCTION public.accept_messages(senders text[], ids uuid[], recipients text[], case_ids uuid[], types text[], schema_versions text[], priorities smallint[], in_reply_tos uuid[], respond_bys timestamp with time zone[], sizes integer[], accepted_ats timestamp with time zone[], digests bytea, sealed_starts integer[], sealed_lengths integer[], sealed_bytes bytea, fresh boolean[], wrapped_keys bytea[], receipt_ids uuid[], receipt_starts integer[], receipt_lengths integer[], receipt_bytes bytea, naming_places integer[] DEFAULT '{}'::integer[], attachment_nos bigint[] DEFAULT '{}'::bigint[], attachment_keys bytea[] DEFAULT '{}'::bytea[], fact_starts integer[] DEFAULT '{}'::integer[], fact_lengths integer[] DEFAULT '{}'::integer[], fact_bytes bytea DEFAULT '\x'::bytea, request_ids uuid[] DEFAULT '{}'::uuid[])
 RETURNS TABLE(place integer, outcome text, standing_key bytea)
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.account_messages(most integer, looked timestamp with time zone, pause interval)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  next bigint;
  newest bigint;
  lowest bigint;
begin
  select next_no into next from accounting where looked_at <= looked - pause for update skip locked;
  if not found then
    return;
  end if;
  select coalesce(max(message_no), 0) into newest from leaf where message_no is not null;

  foreach lowest in array array[next, newest - most + 1] loop
    insert into unaccounted (message_no)
    -- Both by their indexes: a look-up for each message would cost ten times as much.
    select message_no from leaf where message_no >= lowest and message_no < lowest + most
    except
    select message_no from delivery where message_no >= lowest and message_no < lowest + most
    on conflict do nothing;
  end loop;
  update accounting set looked_at = looked, next_no = case when next + most > newest then 0 else next + most end;
end
$function$;

CREATE OR REPLACE FUNCTION public.acknowledge_messages(nos bigint[], known_attempts integer[], known_desks text[], unconsigned boolean[], states_from text[], states_to text[], feeds text[], leaf_places integer[], leaf_ids uuid[], leaf_events text[], leaf_starts integer[], leaf_lengths integer[], leaf_bytes bytea)
 RETURNS TABLE(place integer, outcome text)
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.append_leaves(ids uuid[], typs text[], events text[], message_nos bigint[], feeds text[], starts integer[], lengths integer[], bytes bytea)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.await_answers(nos bigint[], senders text[], recipients text[], in_reply_tos uuid[], respond_bys timestamp with time zone[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into awaited_answer (message_no, recipient, respond_by)
  select no, recipient, respond_by from unnest(nos, recipients, respond_bys) as made (no, recipient, respond_by)
  where respond_by is not null;

  delete from awaited_answer where message_no in (
    select awaited_answer.message_no
    from unnest(senders, recipients, in_reply_tos) as answer (sender, recipient, in_reply_to)
      join message question on question.sender = answer.recipient and question.id = answer.in_reply_to
        and question.recipient = answer.sender
      join awaited_answer on awaited_answer.message_no = question.no
    order by awaited_answer.message_no for update of awaited_answer);
end
$function$;

CREATE OR REPLACE FUNCTION public.begin_attachment(putter text, of_digest bytea, as_media_type text, most_bytes integer, own_key bytea, at_place text, at_time timestamp with time zone, quota bigint)
 RETURNS TABLE(outcome text, attachment_no bigint, its_key bytea, its_place text, its_size integer)
 LANGUAGE plpgsql
AS $function$
declare
  -- Whatever its size, a row of each is kept.
  least constant integer := 4096;
  taken bigint;
begin
  update attachment set put_at = greatest(put_at, at_time) where owner = putter and digest = of_digest and whole
  returning no, wrapped_key, place, size into attachment_no, its_key, its_place, its_size;
  if found then
    outcome := 'there';
    return next;
    return;
  end if;

  perform pg_advisory_xact_lock(hashtext('attachments'), hashtext(putter));
  select coalesce(sum(greatest(size, least)), 0) into taken from attachment where owner = putter and not named;
  if taken + greatest(most_bytes, least) > quota then
    outcome := 'full';
  else
    outcome := 'begun';
    insert into attachment (owner, digest, media_type, size, put_at, wrapped_key, place)
    values (putter, of_digest, as_media_type, most_bytes, at_time, own_key, at_place) returning no into attachment_no;
  end if;
  return next;
end
$function$;

CREATE OR REPLACE FUNCTION public.erase_attachments(erased_case uuid, most integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  nos bigint[];
begin
  nos := array(
    select distinct attachment_no from message join message_attachment on message_no = message.no
    where case_id = erased_case order by attachment_no limit most);
  perform from attachment where no = any(nos) order by no for update;
  delete from message_attachment using message
  where message.no = message_no and case_id = erased_case and attachment_no = any(nos);
  perform forget_attachments(nos => array(
    select no from attachment
    where no = any(nos) and not exists (select from message_attachment where attachment_no = attachment.no)));
  return cardinality(nos);
end
$function$;

CREATE OR REPLACE FUNCTION public.erase_case(erased_case uuid, act uuid, erased_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  perform from case_key where case_id = erased_case for update;
  insert into erasure (act_id, case_id, at, key_digest)
  select act, erased_case, erased_at, (select sha256(wrapped) from case_key where case_id = erased_case)
  on conflict (act_id) do nothing;
  if not found then
    return false;
  end if;

  delete from case_key where case_id = erased_case;
  -- Whoever erases first carries them into the counters; a restored record that an erasure is repeated in need not be able to.
  delete from case_fact using message where no = message_no and message.case_id = erased_case;
  update act set sealed_reason = null where case_id = erased_case and sealed_reason is not null;
  delete from pending_act where pending_act.act = 'erase' and subject = erased_case::text;
  return true;
end
$function$;

CREATE OR REPLACE FUNCTION public.forget_attachments(nos bigint[])
 RETURNS bigint
 LANGUAGE sql
AS $function$
  with gone as (
    delete from attachment where no = any(nos) returning place),
  noted as (
    insert into attachment_left (place) select place from gone where place is not null on conflict do nothing)
  select count(*) from gone;
$function$;

CREATE OR REPLACE FUNCTION public.note_missing_deliveries()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into unaccounted (message_no) select message_no from gone on conflict do nothing;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.require_current_data_key()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  is_stale boolean;
begin
  case tg_table_name
    when 'case_key' then
      select exists (select from made where substring(wrapped for 8) <> (select id from data_key where is_current)) into is_stale;
    when 'attachment' then
      select exists (select from made where substring(wrapped_key for 8) <> (select id from data_key where is_current)) into is_stale;
    when 'act' then
      select exists (select from made where substring(sealed_reason for 8) <> (select id from data_key where is_current)) into is_stale;
    when 'successor_request' then
      select exists (select from made where substring(sealed_reason for 8) <> (select id from data_key where is_current)) into is_stale;
    when 'statistic' then
      select exists (select from made where substring(sealed_counters for 8) <> (select id from data_key where is_current)) into is_stale;
  end case;
  if is_stale then
    raise exception 'sealed under a data key that is not current' using errcode = 'PK001';
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.take_bytes(taker text, wanted bigint, allowed bigint)
 RETURNS TABLE(granted bigint, retry_after_s integer)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_variable
declare
  used daily_bytes;
  now_utc timestamp;
begin
  insert into daily_bytes (agency, day, taken) values (taker, (clock_timestamp() at time zone 'UTC')::date, 0) on conflict do nothing;
  select * into strict used from daily_bytes where agency = taker for update;

  -- The time is taken when it is this caller's turn.
  now_utc := clock_timestamp() at time zone 'UTC';
  if used.day <> now_utc::date then
    used.day := now_utc::date;
    used.taken := 0;
  end if;

  granted := greatest(0, least(wanted, allowed - used.taken));
  update daily_bytes set day = used.day, taken = used.taken + take_bytes.granted where agency = taker;
  retry_after_s := greatest(1, ceil(extract(epoch from used.day + 1 - now_utc)));
  return next;
end
$function$;

CREATE OR REPLACE FUNCTION public.take_rate(taker text, wanted integer, allowed integer)
 RETURNS TABLE(granted integer, remaining integer, retry_after_ms integer)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_variable
declare
  used rate;
  age_s float8;
  still_counts float8;
  next_fits_s float8;
begin
  insert into rate (key, window_start, current, previous, granted) values (taker, clock_timestamp(), 0, 0, 0) on conflict do nothing;
  select * into strict used from rate where key = taker for update;

  -- The time is taken when it is this caller's turn.
  age_s := extract(epoch from clock_timestamp() - used.window_start);
  if age_s < 0 then
    -- the clock went back: a minute begins anew, and what was used counts as that of the minute before
    used.window_start := used.window_start + make_interval(secs => age_s);
    used.previous := used.current;
    used.current := 0;
    age_s := 0;
  elsif age_s >= 120 then
    used.window_start := used.window_start + make_interval(secs => age_s);
    used.previous := 0;
    used.current := 0;
    age_s := 0;
  elsif age_s >= 60 then
    used.window_start := used.window_start + interval '1 minute';
    used.previous := used.current;
    used.current := 0;
    age_s := age_s - 60;
  end if;

  still_counts := used.previous * (1 - age_s / 60);
  granted := greatest(0, least(wanted, floor(allowed - used.current - still_counts)));
  used.current := used.current + granted;
  update rate set window_start = used.window_start, current = used.current, previous = used.previous, granted = take_rate.granted
  where key = taker;

  remaining := greatest(0, floor(allowed - used.current - still_counts));
  next_fits_s := case
    when granted = wanted then age_s
    -- when enough of the minute before has faded,
    when used.current < allowed then 60 * (1 - (allowed - used.current - 1) / used.previous::float8)
    -- or else of this one, in the next
    else 60 * (2 - (allowed - 1) / used.current::float8)
  end;
  retry_after_ms := greatest(1, ceil((next_fits_s - age_s) * 1000));
  return next;
end
$function$;

CREATE OR REPLACE FUNCTION public.tell_overdue(nos bigint[], senders text[], recipients text[], told_at timestamp with time zone, leaf_ids uuid[], leaf_starts integer[], leaf_lengths integer[], leaf_bytes bytea)
 RETURNS SETOF bigint
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.tell_unread(nos bigint[], senders text[], told_at timestamp with time zone, leaf_ids uuid[], leaf_starts integer[], leaf_lengths integer[], leaf_bytes bytea)
 RETURNS SETOF bigint
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE TRIGGER sealed_under_current_data_key AFTER INSERT ON public.act REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION require_current_data_key();

CREATE TRIGGER sealed_under_current_data_key AFTER INSERT ON public.attachment REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION require_current_data_key();

CREATE TRIGGER sealed_under_current_data_key AFTER INSERT ON public.case_key REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION require_current_data_key();

CREATE TRIGGER note_missing_deliveries AFTER DELETE ON public.delivery REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note_missing_deliveries();

CREATE TRIGGER counted_under_current_data_key AFTER UPDATE ON public.statistic REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION require_current_data_key();

CREATE TRIGGER sealed_under_current_data_key AFTER INSERT ON public.statistic REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION require_current_data_key();

CREATE TRIGGER sealed_under_current_data_key AFTER INSERT ON public.successor_request REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION require_current_data_key();
