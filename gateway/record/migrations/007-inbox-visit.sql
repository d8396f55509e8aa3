-- When each agency last asked for its inbox, to ten minutes: who sends what must not lie unread is told where nobody looks.
create table inbox_visit (
  agency text primary key,
  at timestamptz not null
);
