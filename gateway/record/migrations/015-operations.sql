-- What operators see and do (protocol section 11).

-- Agencies to which an operator holds deliveries, whatever the registry says of them; `hold` has them, too.
create table pause (
  agency text primary key,
  operator text not null,
  since timestamptz not null,
  -- The second operator, and when: from then on it does not lapse.
  joined_by text,
  joined_at timestamptz
);

-- When all dead letters of an agency are put back, the next few are due then: over all processes, and however many ask.
create table bulk_turn (
  agency text primary key,
  next_at timestamptz not null
);

-- When an agency last called, noted to five minutes.
create table agency_call (
  agency text primary key,
  at timestamptz not null
);

alter table act
  -- Of the list of reasons; the words beside it are sealed.
  add reason_code text,
  -- When an operator rang; they may say so later.
  add rang_at timestamptz;
create unique index act_in_log on act (leaf_index);
create index act_of_agency on act (agency, leaf_index) where agency is not null;
create index act_of_case on act (case_id, leaf_index) where case_id is not null;
-- Notes from shift to shift, which are kept for a month.
create index act_handover on act (at) where act = 'handover' and sealed_reason is not null;
create index pending_act_at on pending_act (at);

-- What operators look for, newest first. Under a collation of their own no other statement can take one of these by mistake, as where
-- its plan is made while the tables are empty.
create index message_of_sender on message (sender collate "C", no);
create index message_of_recipient on message (recipient collate "C", no);
create index message_of_type on message (type collate "C", no);
create index message_of_priority on message (priority, no);
create index delivery_in_state on delivery (state collate "C", message_no);
drop index delivery_dead;

-- What is open at each agency, counted without the rows themselves.
drop index delivery_in_inbox;
create index delivery_in_inbox on delivery (recipient, priority, consigned_leaf) include (message_no) where state = 'consigned';
create index delivery_dead_at on delivery (recipient, priority, message_no) where state = 'dead-lettered';

-- What operators are told of as it happens: few of all leaves.
create index leaf_to_tell on leaf (index)
where typ = 'operator-act+jws' or event in (
  'ContentConsignmentFailure', 'DeliveryResumed', 'MessageDiscarded', 'ResponseOverdue', 'AcceptanceRejectionExpiry');
