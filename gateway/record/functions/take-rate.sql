-- Takes up to `wanted` of the `allowed` that `taker` may use in a minute. A minute begins with its first use; what the minute before
-- used counts for the share of it that the last 60 seconds still cover, so that a burst across a boundary gets no second helping. What is
-- not granted is not counted. Gives also how many more would have been granted, and where fewer than wanted were, when one more will be.
create or replace function take_rate(taker text, wanted integer, allowed integer)
returns table (granted integer, remaining integer, retry_after_ms integer)
language plpgsql as $$
#variable_conflict use_variable
declare
  used rate;
  age_s float8;
  still_counts float8;
  next_fits_s float8;
begin
  insert into rate (key, window_start, current, previous, granted) values (taker, clock_timestamp(), 0, 0, 0) on conflict do nothing;
  select * into strict used from rate where key = taker for update;

  -- The time is taken when it is this caller's turn.
  age_s := extract(epoch from clock_timestamp() - used.window_start);
  if age_s < 0 then
    -- the clock went back: a minute begins anew, and what was used counts as that of the minute before
    used.window_start := used.window_start + make_interval(secs => age_s);
    used.previous := used.current;
    used.current := 0;
    age_s := 0;
  elsif age_s >= 120 then
    used.window_start := used.window_start + make_interval(secs => age_s);
    used.previous := 0;
    used.current := 0;
    age_s := 0;
  elsif age_s >= 60 then
    used.window_start := used.window_start + interval '1 minute';
    used.previous := used.current;
    used.current := 0;
    age_s := age_s - 60;
  end if;

  still_counts := used.previous * (1 - age_s / 60);
  granted := greatest(0, least(wanted, floor(allowed - used.current - still_counts)));
  used.current := used.current + granted;
  update rate set window_start = used.window_start, current = used.current, previous = used.previous, granted = take_rate.granted
  where key = taker;

  remaining := greatest(0, floor(allowed - used.current - still_counts));
  next_fits_s := case
    when granted = wanted then age_s
    -- when enough of the minute before has faded,
    when used.current < allowed then 60 * (1 - (allowed - used.current - 1) / used.previous::float8)
    -- or else of this one, in the next
    else 60 * (2 - (allowed - 1) / used.current::float8)
  end;
  retry_after_ms := greatest(1, ceil((next_fits_s - age_s) * 1000));
  return next;
end
$$;
