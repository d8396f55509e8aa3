-- What silence means (protocol section 6): answers that do not come, and messages that nobody reads.

-- Each accepted message that names a time by which its sender needs the answer, until one is accepted.
create table awaited_answer (
  message_no bigint primary key,
  -- Who owes it.
  recipient text not null,
  respond_by timestamptz not null,
  -- When both sides were told that it is overdue.
  told_at timestamptz
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
create index awaited_answer_due on awaited_answer (respond_by, message_no) where told_at is null;
create index awaited_answer_overdue on awaited_answer (told_at, recipient) where told_at is not null;

-- Leaves that stand in the feed of one more agency than their own row names: of an overdue answer whoever owes it hears, too.
create table leaf_in_feed (
  agency text not null,
  leaf_index bigint not null,
  primary key (agency, leaf_index)
);

alter table delivery
  add consigned_at timestamptz,
  -- When it is to be looked at whether it has lain unread for too long; nothing once its sender was told that it has.
  add unread_at timestamptz,
  -- When its sender was told.
  add expired_at timestamptz;
create index delivery_unread on delivery (unread_at, message_no) where state = 'consigned' and unread_at is not null;
create index delivery_expired on delivery (recipient, expired_at) where state = 'consigned' and expired_at is not null;

-- When deliveries to an agency were held: a message does not count as unread meanwhile.
create table held (
  agency text not null,
  since timestamptz not null,
  until timestamptz not null,
  primary key (agency, since)
);

-- What lies in an inbox already counts from now on, and is looked at at once.
update delivery set consigned_at = now(), unread_at = now() where state = 'consigned';

-- Of the questions that were asked before, among the newest messages, those are awaited whose time is to come or has just passed.
insert into awaited_answer (message_no, recipient, respond_by)
select no, question.recipient, respond_by from message question join delivery on message_no = no
where no > (select max(no) - 100000 from message) and respond_by > now() - interval '7 days' and state <> 'discarded'
  and not exists (
    select from message answer where answer.case_id = question.case_id and answer.in_reply_to = question.id
      and answer.sender = question.recipient and answer.recipient = question.sender);
