-- Takes up to `wanted` of the `allowed` bytes that `taker` may use on a day, which begins at midnight UTC. What is not granted is not
-- counted. Gives also after how many seconds the next day begins.
create or replace function take_bytes(taker text, wanted bigint, allowed bigint)
returns table (granted bigint, retry_after_s integer)
language plpgsql as $$
#variable_conflict use_variable
declare
  used daily_bytes;
  now_utc timestamp;
begin
  insert into daily_bytes (agency, day, taken) values (taker, (clock_timestamp() at time zone 'UTC')::date, 0) on conflict do nothing;
  select * into strict used from daily_bytes where agency = taker for update;

  -- The time is taken when it is this caller's turn.
  now_utc := clock_timestamp() at time zone 'UTC';
  if used.day <> now_utc::date then
    used.day := now_utc::date;
    used.taken := 0;
  end if;

  granted := greatest(0, least(wanted, allowed - used.taken));
  update daily_bytes set day = used.day, taken = used.taken + take_bytes.granted where agency = taker;
  retry_after_s := greatest(1, ceil(extract(epoch from used.day + 1 - now_utc)));
  return next;
end
$$;
