-- The durable record. What is decided once (message, leaf) is never updated; what moves (delivery) is one narrow row apart.
-- Rows of message, delivery and leaf that belong together are written by one statement or one transaction; foreign keys
-- between them would only pay for that promise a second time, for each message.

-- The evidence log in force. Whoever appends holds this row until it commits, so numbers follow the order of commits:
-- a leaf's index is also the cursor of the receipts' feed and of the inbox, and none is ever skipped.
create table log (
  origin text primary key,
  size bigint not null check (size >= 0),
  only_one boolean not null default true unique check (only_one)
);

-- One receipt, registry entry or operator's act: exactly the bytes that were signed.
create table leaf (
  index bigint primary key check (index >= 0),
  id uuid not null unique,
  typ text not null check (typ in ('delivery-receipt+jws', 'registry-entry+jws', 'operator-act+jws')),
  jws bytea not null,
  event text,
  message_no bigint,
  feed text
);
create index leaf_of_message on leaf (message_no, index) where message_no is not null;
create index leaf_of_feed on leaf (feed, index) where feed is not null;

-- The key under which the contents of a case are sealed, itself wrapped by the gateway's data key.
create table case_key (
  case_id uuid primary key,
  wrapped bytea not null
);

create table message (
  no bigint generated always as identity primary key,
  sender text not null,
  id uuid not null,
  recipient text not null,
  case_id uuid not null,
  type text not null,
  schema_version text not null,
  priority smallint not null check (priority between 0 and 2),
  in_reply_to uuid,
  respond_by timestamptz,
  digest bytea not null check (octet_length(digest) = 32),
  size integer not null check (size > 0),
  accepted_at timestamptz not null,
  sealed bytea,
  unique (sender, id)
);
create index message_of_case on message (case_id, no);
-- Sealed bytes look random: trying to compress them costs time and saves nothing.
alter table message alter column sealed set storage external;

create table delivery (
  message_no bigint primary key,
  recipient text not null,
  priority smallint not null,
  state text not null check (state in ('accepted', 'consigned', 'handed-over', 'refused', 'dead-lettered', 'discarded')),
  desk text,
  attempts integer not null default 0,
  -- How many of them were before the horizon that counts now: an operator's retry starts it anew.
  spent integer not null default 0,
  due_at timestamptz not null,
  lease_until timestamptz,
  deadline timestamptz,
  -- The endpoint itself asked to wait until then (Retry-After).
  asked_to_wait boolean not null default false,
  consigned_leaf bigint,
  answer_leaf bigint
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
create index delivery_due on delivery (recipient, priority, due_at, message_no) where state = 'accepted';
create index delivery_in_inbox on delivery (recipient, priority, consigned_leaf) where state = 'consigned';
create index delivery_arrived on delivery (recipient, consigned_leaf) where state = 'consigned';
create index delivery_dead on delivery (message_no) where state = 'dead-lettered';

create table attempt (
  message_no bigint not null,
  attempt integer not null,
  at timestamptz not null,
  desk text,
  endpoint text not null,
  outcome text not null,
  status integer,
  detail text not null,
  duration_ms integer not null,
  primary key (message_no, attempt)
);

-- What was used in the current minute and the one before: submissions of an agency, or attempts at a desk that sets a rate. A
-- crash may forget them: they are no evidence. `granted` is what the last call got.
create unlogged table rate (
  key text primary key,
  window_start timestamptz not null,
  current integer not null,
  previous integer not null,
  granted integer not null
) with (fillfactor = 50);

-- Since when deliveries to an agency are held: that time does not count against the horizon.
create table hold (
  agency text primary key,
  since timestamptz not null
);

-- Every certificate the registry ever pinned, so that an old signature can still be verified.
create table pinned_certificate (
  thumbprint text not null,
  party text not null,
  use text not null check (use in ('tls', 'signing')),
  pem text not null,
  pinned_at timestamptz not null,
  dropped_at timestamptz,
  -- A certificate may come to another party (two authorities become one) or be given its right use.
  primary key (thumbprint, party, use)
);

-- What of a party was last put into the log, so that a restart logs nothing twice.
create table party_entry (
  party text primary key,
  digest bytea not null,
  leaf_index bigint not null
);

-- Why an operator acted; the reason may name somebody, so it is sealed and can be deleted. The act itself is a leaf.
create table act (
  id uuid primary key,
  at timestamptz not null,
  act text not null,
  operator text not null,
  sealed_reason bytea,
  leaf_index bigint not null
);

-- Sealed under the data key: a gateway that cannot open it has the wrong key, and must not write under it.
create table data_key_check (
  sealed bytea not null,
  only_one boolean not null default true unique check (only_one)
);
