-- The schema of the record after all migrations, as PostgreSQL describes it. Made by scripts/dump-schema.ts; not run by
-- anything: a test compares it with what the migrations come to, so that each change of the schema can be read here.

create table act (
  id uuid not null,
  at timestamp with time zone not null,
  act text not null,
  operator text not null,
  sealed_reason bytea,
  leaf_index bigint not null,
  constraint act_pkey PRIMARY KEY (id)
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

create table case_key (
  case_id uuid not null,
  wrapped bytea not null,
  constraint case_key_pkey PRIMARY KEY (case_id)
);

create table crl_mark (
  issuer text not null,
  subject text not null,
  number numeric(49,0),
  this_update timestamp with time zone not null,
  constraint crl_mark_pkey PRIMARY KEY (issuer)
);

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
  constraint delivery_pkey PRIMARY KEY (message_no),
  constraint delivery_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'consigned'::text, 'handed-over'::text, 'refused'::text, 'dead-lettered'::text, 'discarded'::text])))
) with (autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_cost_delay=1);
CREATE INDEX delivery_arrived ON public.delivery USING btree (recipient, consigned_leaf) WHERE (state = 'consigned'::text);
CREATE INDEX delivery_dead ON public.delivery USING btree (message_no) WHERE (state = 'dead-lettered'::text);
CREATE INDEX delivery_due ON public.delivery USING btree (recipient, priority, due_at, message_no) WHERE (state = 'accepted'::text);
CREATE INDEX delivery_in_inbox ON public.delivery USING btree (recipient, priority, consigned_leaf) WHERE (state = 'consigned'::text);

create table hold (
  agency text not null,
  since timestamp with time zone not null,
  constraint hold_pkey PRIMARY KEY (agency)
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
CREATE INDEX leaf_of_feed ON public.leaf USING btree (feed, index) WHERE (feed IS NOT NULL);
CREATE INDEX leaf_of_message ON public.leaf USING btree (message_no, index) WHERE (message_no IS NOT NULL);

create table log (
  origin text not null,
  size bigint not null,
  only_one boolean not null default true,
  constraint log_pkey PRIMARY KEY (origin),
  constraint log_only_one_check CHECK (only_one),
  constraint log_only_one_key UNIQUE (only_one),
  constraint log_size_check CHECK ((size >= 0))
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
  constraint message_pkey PRIMARY KEY (no),
  constraint message_digest_check CHECK ((octet_length(digest) = 32)),
  constraint message_priority_check CHECK (((priority >= 0) AND (priority <= 2))),
  constraint message_sender_id_key UNIQUE (sender, id),
  constraint message_size_check CHECK ((size > 0))
);
CREATE INDEX message_of_case ON public.message USING btree (case_id, no);

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

create unlogged table rate (
  key text not null,
  window_start timestamp with time zone not null,
  current integer not null,
  previous integer not null,
  granted integer not null,
  constraint rate_pkey PRIMARY KEY (key)
) with (fillfactor=50);
