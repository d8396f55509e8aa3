-- Notes of messages that were just made which of them ask for an answer by a time, and that what they answer is awaited no more. Whether
-- an answer comes before the word that it is overdue, the lock on the row of `awaited_answer` decides: `tell_overdue` takes it, too.
create or replace function await_answers(
  nos bigint[], senders text[], recipients text[], in_reply_tos uuid[], respond_bys timestamptz[])
returns void
language plpgsql as $$
begin
  insert into awaited_answer (message_no, recipient, respond_by)
  select no, recipient, respond_by from unnest(nos, recipients, respond_bys) as made (no, recipient, respond_by)
  where respond_by is not null;

  delete from awaited_answer where message_no in (
    select awaited_answer.message_no
    from unnest(senders, recipients, in_reply_tos) as answer (sender, recipient, in_reply_to)
      join message question on question.sender = answer.recipient and question.id = answer.in_reply_to
        and question.recipient = answer.sender
      join awaited_answer on awaited_answer.message_no = question.no
    order by awaited_answer.message_no for update of awaited_answer);
end
$$;
