-- Takes attachments from the messages of a case whose key is locked and gone, up to `most` of them: what no message of another case names
-- is deleted, with its own key and its chunks. Whoever names one at the same time has done so before, or finds it missing. Gives how many
-- it has looked at: fewer than `most` were the last.
create or replace function erase_attachments(erased_case uuid, most integer)
returns integer
language plpgsql as $$
declare
  nos bigint[];
begin
  nos := array(
    select distinct attachment_no from message join message_attachment on message_no = message.no
    where case_id = erased_case order by attachment_no limit most);
  perform from attachment where no = any(nos) order by no for update;
  delete from message_attachment using message
  where message.no = message_no and case_id = erased_case and attachment_no = any(nos);
  perform forget_attachments(nos => array(
    select no from attachment
    where no = any(nos) and not exists (select from message_attachment where attachment_no = attachment.no)));
  return cardinality(nos);
end
$$;
