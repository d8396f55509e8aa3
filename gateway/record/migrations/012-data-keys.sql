-- The data keys that something in the record may be sealed under, by their names, and the one that everything new is sealed under. A
-- gateway that has not all of them does not start. An earlier release's key has no row yet: the gateway that opens data_key_check makes it.
create table data_key (
  id bytea primary key check (octet_length(id) = 8),
  is_current boolean not null
);
create unique index data_key_current on data_key (is_current) where is_current;

-- The processes that have this record open, and the data keys that each of them knows: none becomes current before all know it.
create table gateway_process (
  id uuid primary key,
  name text not null,
  data_keys bytea[] not null,
  seen_at timestamptz not null default now()
);

-- What cursors are made from, sealed under the data key: they stay good when that changes.
create table cursor_secret (
  only_one boolean primary key default true check (only_one),
  sealed bytea not null
);

-- What was sealed before another data key became current is refused, and sealed anew. The function stands in
-- gateway/record/functions, which makes it what it is.
create function require_current_data_key() returns trigger language plpgsql as 'begin return null; end';
create trigger sealed_under_current_data_key after insert on case_key
  referencing new table as made for each statement execute function require_current_data_key();
create trigger sealed_under_current_data_key after insert on attachment
  referencing new table as made for each statement execute function require_current_data_key();
create trigger sealed_under_current_data_key after insert on act
  referencing new table as made for each statement execute function require_current_data_key();
