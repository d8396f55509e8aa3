-- What time-stamping authorities have said of checkpoints (RFC 3161, protocol section 10). They outlast the log that they are about, and the
-- checkpoints that are forgotten, so each has the checkpoint with it.
create table time_stamp (
  -- Of the log: the index of its first leaf.
  base bigint not null,
  size bigint not null check (size > 0),
  -- The authority's time.
  at timestamptz not null,
  -- The checkpoint as it was stamped: signed by the log, without what witnesses say of it.
  note text not null,
  token bytea not null check (octet_length(token) <= 65536),
  primary key (base, size)
);

-- When the authority was last asked, by whichever process, and how often in a row to no avail: of several one asks, and none too soon.
create table time_stamping (
  tried_at timestamptz,
  failures integer not null default 0 check (failures >= 0),
  only_one boolean not null default true primary key check (only_one)
);
insert into time_stamping default values;
