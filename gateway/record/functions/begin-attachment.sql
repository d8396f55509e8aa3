-- Makes room for an attachment that an agency begins to put, where what no message has named of its own, and what it is putting, leave
-- that room: `begun`, or else `full`. What it has put before counts as put now: `there`, with its key, place and size. The
-- agency's processes come one after the other here, so that no two find the same room.
create or replace function begin_attachment(
  putter text, of_digest bytea, as_media_type text, most_bytes integer, own_key bytea, at_place text, at_time timestamptz, quota bigint)
returns table (outcome text, attachment_no bigint, its_key bytea, its_place text, its_size integer)
language plpgsql as $$
declare
  -- Whatever its size, a row of each is kept.
  least constant integer := 4096;
  taken bigint;
begin
  update attachment set put_at = greatest(put_at, at_time) where owner = putter and digest = of_digest and whole
  returning no, wrapped_key, place, size into attachment_no, its_key, its_place, its_size;
  if found then
    outcome := 'there';
    return next;
    return;
  end if;

  perform pg_advisory_xact_lock(hashtext('attachments'), hashtext(putter));
  select coalesce(sum(greatest(size, least)), 0) into taken from attachment where owner = putter and not named;
  if taken + greatest(most_bytes, least) > quota then
    outcome := 'full';
  else
    outcome := 'begun';
    insert into attachment (owner, digest, media_type, size, put_at, wrapped_key, place)
    values (putter, of_digest, as_media_type, most_bytes, at_time, own_key, at_place) returning no into attachment_no;
  end if;
  return next;
end
$$;
