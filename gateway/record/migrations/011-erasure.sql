-- Erasing a case (protocol section 12). What was erased, when, and by which act: a restored backup is brought to the same.
create table erasure (
  -- The id of the act's leaf.
  act_id uuid primary key,
  case_id uuid not null,
  at timestamptz not null,
  -- SHA-256 of the wrapped key that was destroyed: a process that still has it must not put it back. Null where the case had none.
  key_digest bytea check (octet_length(key_digest) = 32)
);
create index erasure_of_case on erasure (case_id);
create index erasure_in_time on erasure (at, act_id);

-- What the registry's retention erases, no operator asked for.
alter table act alter column operator drop not null;
-- Operators' words about a case go with it.
create index act_with_reason on act (case_id) where case_id is not null and sealed_reason is not null;

-- Closed cases whose contents are still here, the first closed first.
create index message_closing on message (accepted_at, no) where type = 'case-closure' and sealed is not null;

-- Statistics would keep samples of keys and of contents in tables of PostgreSQL's own. Giving a column its type again drops those
-- that were taken, and how it was stored with them: what is large and sealed is said again not to be compressed.
alter table case_key alter column wrapped type bytea, alter column wrapped set statistics 0;
alter table message alter column sealed type bytea, alter column sealed set statistics 0;
alter table message alter column sealed set storage external;
alter table act alter column sealed_reason type bytea, alter column sealed_reason set statistics 0;
alter table attachment alter column wrapped_key type bytea, alter column wrapped_key set statistics 0;
alter table attachment_chunk alter column sealed type bytea, alter column sealed set statistics 0;
alter table attachment_chunk alter column sealed set storage external;
alter table message_attachment alter column wrapped_key type bytea, alter column wrapped_key set statistics 0;
alter table data_key_check alter column sealed type bytea, alter column sealed set statistics 0;
