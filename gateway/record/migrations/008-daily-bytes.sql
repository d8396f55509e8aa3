-- What each agency has had the record keep on the day of its last call.
create table daily_bytes (
  agency text primary key,
  day date not null,
  taken bigint not null
);
