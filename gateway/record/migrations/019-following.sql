-- The request id of the call by which a message was submitted: whoever goes on with it, in another process too, says the same one. Null of
-- what was accepted before. `accept_messages` writes it.
alter table message add column request_id uuid;

-- The last test of an agency's ways that an operator has asked for: a worker takes it, tries each way, and writes down what came of it.
create table way_test (
  agency text primary key,
  act_id uuid not null,
  at timestamptz not null,
  operator text not null,
  -- By a worker; where it ends before it is done, another takes it.
  taken_at timestamptz,
  done_at timestamptz,
  -- `[{"desk", "way", "detail"}]`: codes, and no address.
  results jsonb
);
create index way_test_due on way_test (at) where done_at is null;

-- Agencies to which notifications could not be mailed, since one last could.
create table mail_trouble (
  agency text primary key,
  failures integer not null,
  since timestamptz not null,
  last_at timestamptz not null,
  detail text not null
);
