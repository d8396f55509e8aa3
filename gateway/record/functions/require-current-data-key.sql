-- Refuses what was sealed under a data key that is not current: after `npm run rotate` has looked at a row nothing may be put there
-- under the key that it ends. The name of the key is the first 8 bytes of what is sealed. A record without a data key refuses nothing.
create or replace function require_current_data_key() returns trigger
language plpgsql as $$
declare
  is_stale boolean;
begin
  case tg_table_name
    when 'case_key' then
      select exists (select from made where substring(wrapped for 8) <> (select id from data_key where is_current)) into is_stale;
    when 'attachment' then
      select exists (select from made where substring(wrapped_key for 8) <> (select id from data_key where is_current)) into is_stale;
    when 'act' then
      select exists (select from made where substring(sealed_reason for 8) <> (select id from data_key where is_current)) into is_stale;
    when 'successor_request' then
      select exists (select from made where substring(sealed_reason for 8) <> (select id from data_key where is_current)) into is_stale;
    when 'statistic' then
      select exists (select from made where substring(sealed_counters for 8) <> (select id from data_key where is_current)) into is_stale;
  end case;
  if is_stale then
    raise exception 'sealed under a data key that is not current' using errcode = 'PK001';
  end if;
  return null;
end
$$;
