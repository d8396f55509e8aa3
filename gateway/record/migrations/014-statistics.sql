-- What the statistics keep of a message (protocol section 11), sealed under the key of its case: erased with it. Written by
-- `accept_messages` and never changed.
-- A message is never deleted, so no foreign key looks for each.
create table case_fact (
  message_no bigint primary key,
  -- When it was accepted, of a referral alone.
  referred_at timestamptz,
  sealed bytea not null
);
create index case_fact_referral on case_fact (referred_at, message_no) where referred_at is not null;
-- PostgreSQL would keep samples of what is sealed beyond its erasure.
alter table case_fact alter column sealed set statistics 0;

-- Counters of a quarter or year. Before they are frozen they hold the cases that were erased meanwhile, and no others.
create table statistic (
  -- `2016-Q4` or `2016`.
  period text primary key,
  -- Under the data key: a number under five tells of a child.
  sealed_counters bytea not null,
  frozen_at timestamptz,
  -- What is published of them, decided once: a later release that hid other numbers would tell both.
  publication jsonb,
  check ((frozen_at is null) = (publication is null))
);
alter table statistic alter column sealed_counters set statistics 0;

create trigger sealed_under_current_data_key after insert on statistic
  referencing new table as made for each statement execute function require_current_data_key();
create trigger counted_under_current_data_key after update on statistic
  referencing new table as made for each statement execute function require_current_data_key();
