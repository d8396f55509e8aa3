-- Deletes attachments that no message names any more, or ever did, with their keys and chunks. Chunks outside the record are noted: they
-- are removed once this is committed. The caller has locked the rows, and has looked behind that who names them.
create or replace function forget_attachments(nos bigint[])
returns bigint
language sql as $$
  with gone as (
    delete from attachment where no = any(nos) returning place),
  noted as (
    insert into attachment_left (place) select place from gone where place is not null on conflict do nothing)
  select count(*) from gone;
$$;
