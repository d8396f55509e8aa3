-- No delivery is ever deleted: of one that is, however old, the next look takes account.
create or replace function note_missing_deliveries() returns trigger
language plpgsql as $$
begin
  insert into unaccounted (message_no) select message_no from gone on conflict do nothing;
  return null;
end
$$;
