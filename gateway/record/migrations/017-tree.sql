-- The Merkle tree over the leaves (protocol section 10, RFC 6962, C2SP tlog-tiles). What is in it never changes; all of it follows
-- from the leaves. `base` is the index of the first leaf of a log: 0, but for one that has succeeded another.

-- The hashes of 256 leaves. Of fewer, the last ones, none are kept: they are made from the leaves.
create table tile (
  base bigint not null,
  index bigint not null,
  hashes bytea not null check (octet_length(hashes) = 8192),
  primary key (base, index)
);
-- Hashes look random: trying to compress them costs time and saves nothing.
alter table tile alter column hashes set storage external;

-- The hash of a full tile, which stands in a tile of the level above: of leaves at level 1.
create table tile_hash (
  base bigint not null,
  level smallint not null check (level > 0),
  index bigint not null,
  hash bytea not null check (octet_length(hash) = 32),
  primary key (base, level, index)
);

-- What was signed of the log in force, and published. Of old ones the last of each day stays.
create table checkpoint (
  size bigint primary key check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  at timestamptz not null,
  note text not null
);

-- What witnesses have said of it: a line below the note.
create table cosignature (
  size bigint not null references checkpoint on delete cascade,
  witness text not null,
  at timestamptz not null,
  line text not null,
  primary key (size, witness)
);

alter table log
  add column base bigint not null default 0,
  add column verifier_keys text[] not null default '{}',
  -- Since when nothing is appended any more: a later state of it had been published than the record has.
  add column closed_at timestamptz,
  -- That state, as far as it is known.
  add column published_size bigint,
  add column published_root bytea;

-- Logs that were closed, each with the last checkpoint that the record has of it, and what witnesses said of that.
create table past_log (
  origin text primary key,
  base bigint not null,
  verifier_keys text[] not null,
  closed_at timestamptz not null,
  published_size bigint not null,
  published_root bytea,
  size bigint not null,
  note text not null,
  cosignatures text[] not null
);

-- The first of the two operators who start a successor: what they signed can be appended only when there is one.
create table successor_request (
  act_id uuid primary key,
  operator text not null,
  at timestamptz not null,
  reason_code text,
  sealed_reason bytea not null,
  jws bytea not null,
  only_one boolean not null default true unique check (only_one)
);
create trigger sealed_under_current_data_key after insert on successor_request
  referencing new table as made for each statement execute function require_current_data_key();
