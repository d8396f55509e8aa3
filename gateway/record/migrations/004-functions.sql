-- Functions stand in gateway/record/functions from here on, also the two that 002 and 003 made: `migrate` makes one again when its
-- file has changed. Each text that was ever made is remembered, the newest last, so that an older release can tell that it is one.
create table function_made (
  no bigint generated always as identity primary key,
  name text not null,
  digest bytea not null check (octet_length(digest) = 32),
  at timestamptz not null default now(),
  unique (name, digest)
);
