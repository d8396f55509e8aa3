-- Destroys the key of a case, and operators' words about it: what was sealed under the key opens no more. Whoever accepts a message of
-- the case at the same time has done so before, or comes back as `other-key`. Gives whether it was done: false where this erasure was
-- recorded before. Whether the case may be erased is the caller's to know, and it deletes the contents in the same transaction.
create or replace function erase_case(erased_case uuid, act uuid, erased_at timestamptz)
returns boolean
language plpgsql as $$
begin
  perform from case_key where case_id = erased_case for update;
  insert into erasure (act_id, case_id, at, key_digest)
  select act, erased_case, erased_at, (select sha256(wrapped) from case_key where case_id = erased_case)
  on conflict (act_id) do nothing;
  if not found then
    return false;
  end if;

  delete from case_key where case_id = erased_case;
  -- Whoever erases first carries them into the counters; a restored record that an erasure is repeated in need not be able to.
  delete from case_fact using message where no = message_no and message.case_id = erased_case;
  update act set sealed_reason = null where case_id = erased_case and sealed_reason is not null;
  delete from pending_act where pending_act.act = 'erase' and subject = erased_case::text;
  return true;
end
$$;
