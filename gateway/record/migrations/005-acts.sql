-- What an act is about, so that acts can be listed without opening the log; and acts that wait for a second operator.
alter table act
  add column agency text,
  add column sender text,
  add column message_id uuid,
  add column case_id uuid;

create table pending_act (
  act text not null,
  -- What it is about, as one word: `message <sender> <id>`.
  subject text not null,
  operator text not null,
  at timestamptz not null,
  primary key (act, subject)
);
