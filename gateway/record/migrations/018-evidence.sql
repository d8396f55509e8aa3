-- What an evidence bundle must still have decades later (protocol section 10), each kept once, by its digest: the lists by which
-- certificates were found good, the authorities above these, and of which schema bodies were.

-- The DER of a list that a receipt names. One row for each list that an authority has published and something was accepted by.
create table revocation_list (
  digest bytea primary key check (octet_length(digest) = 32),
  der bytea not null
);

create table authority_certificate (
  thumbprint text primary key,
  pem text not null
);

-- SHA-256 of the bytes of a type's schema, as its release published them.
create table published_schema (
  version text not null,
  type text not null,
  id text not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  primary key (version, type)
);

-- Where the entries of each party stand in the log, so that the one that was in force at any time is found.
create table party_leaf (
  party text not null,
  leaf_index bigint not null,
  primary key (party, leaf_index)
);
insert into party_leaf (party, leaf_index)
select convert_from(decode(rpad(payload, (length(payload) + 3) / 4 * 4, '='), 'base64'), 'utf8')::jsonb #>> '{party,id}', index
from leaf, translate(split_part(convert_from(jws, 'latin1'), '.', 2), '-_', '+/') as payload
where typ = 'registry-entry+jws';
