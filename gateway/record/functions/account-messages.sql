-- Holds receipts against deliveries, which are written apart: of the newest messages, and of the next piece of all others. One process
-- at a time does, and no sooner than a pause after the last: it costs the same however large the record.
create or replace function account_messages(most integer, looked timestamptz, pause interval)
returns void
language plpgsql as $$
declare
  next bigint;
  newest bigint;
  lowest bigint;
begin
  select next_no into next from accounting where looked_at <= looked - pause for update skip locked;
  if not found then
    return;
  end if;
  select coalesce(max(message_no), 0) into newest from leaf where message_no is not null;

  foreach lowest in array array[next, newest - most + 1] loop
    insert into unaccounted (message_no)
    -- Both by their indexes: a look-up for each message would cost ten times as much.
    select message_no from leaf where message_no >= lowest and message_no < lowest + most
    except
    select message_no from delivery where message_no >= lowest and message_no < lowest + most
    on conflict do nothing;
  end loop;
  update accounting set looked_at = looked, next_no = case when next + most > newest then 0 else next + most end;
end
$$;
