-- Alarms, as all processes see them: each is raised once, told of by one process, and over when no process sees it any more.
create table alarm (
  id uuid primary key,
  code text not null,
  subject text not null,
  began_at timestamptz not null,
  -- When a process last saw it, true to some seconds.
  seen_at timestamptz not null,
  ended_at timestamptz,
  acknowledged_by text,
  -- The act that says why.
  acknowledged_act uuid
);
create unique index alarm_on on alarm (code, subject) where ended_at is null;
create index alarm_over on alarm (ended_at) where ended_at is not null;

-- Whom an alarm is told to.
create table alarm_notice (
  alarm_id uuid not null references alarm on delete cascade,
  channel text not null,
  -- How many times it was told, and tried since.
  told integer not null default 0,
  attempts integer not null default 0,
  next_at timestamptz not null,
  primary key (alarm_id, channel)
);

-- Up to which message the receipts of acceptance have been held against deliveries, from the first one on, again and again.
create table accounting (
  only_one boolean primary key default true check (only_one),
  next_no bigint not null default 0,
  looked_at timestamptz not null default '-infinity'
);
insert into accounting default values;

-- Messages whose delivery was found missing. Those count that have a receipt of acceptance, and still no delivery.
create table unaccounted (message_no bigint primary key);

-- The function stands in gateway/record/functions, which makes it what it is.
create function note_missing_deliveries() returns trigger language plpgsql as 'begin return null; end';
create trigger note_missing_deliveries after delete on delivery
  referencing old table as gone for each statement execute function note_missing_deliveries();
