-- What agencies have put (protocol section 9), each sealed under a key of its own. It is an agency's own: the same bytes put by another are
-- another row, another key and other chunks, so that nobody can tell from an answer, or from its time, what others have put.
--
-- Whoever names one, or deletes one, locks its row first and looks then, behind the lock on its case's key and before all others: of
-- naming and deleting one is first, and the other sees it.
create table attachment (
  no bigint generated always as identity primary key,
  owner text not null,
  digest bytea not null check (octet_length(digest) = 32),
  media_type text not null,
  -- While it comes in, as many bytes as it may come to have.
  size integer not null check (size > 0),
  -- When it came in, or came again; while it comes in, since when.
  put_at timestamptz not null,
  -- Its key under the data key, so that its owner may name it again.
  wrapped_key bytea not null,
  -- Where its chunks lie outside the record; null: they are in attachment_chunk.
  place text,
  -- Whether all of it has come and is what its digest says. Nobody sees it before.
  whole boolean not null default false,
  -- Whether a message has named it. What never was is deleted after a while.
  named boolean not null default false
);
create unique index attachment_of_owner on attachment (owner, digest) where whole;
create index attachment_unnamed on attachment (owner) include (size) where not named;
create index attachment_passing on attachment (put_at) where not named;
create index attachment_unfinished on attachment (put_at) where not whole;
create index attachment_outside on attachment (place) where place is not null;

-- What of it lies in the record: 256 KiB of it, sealed, bound to it and to its place in it.
create table attachment_chunk (
  attachment_no bigint not null references attachment (no) on delete cascade,
  chunk_no integer not null check (chunk_no >= 0),
  sealed bytea not null,
  primary key (attachment_no, chunk_no)
);
alter table attachment_chunk alter column sealed set storage external;

-- That a message names it, and its key under the key of the message's case: with that key it is gone for the recipient.
create table message_attachment (
  message_no bigint not null,
  attachment_no bigint not null references attachment (no),
  wrapped_key bytea not null,
  primary key (message_no, attachment_no)
);
create index message_attachment_of on message_attachment (attachment_no);

-- Chunks outside the record whose attachment is gone, and with it every key that opens them: still to be removed there.
create table attachment_left (
  place text primary key
);
