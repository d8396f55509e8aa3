-- The request id of the call by which a message was submitted: whoever goes on with it, in another process too, says the same one. Null of
-- what was accepted before. `accept_messages` writes it.
alter table message add column request_id uuid;
