-- How new the revocation lists of each issuer have been, as any process has seen: no older list ever counts again.
create table crl_mark (
  -- base64url SHA-256 of the issuer's key, and its name in canonical form: authorities of one name are told apart.
  issuer text primary key,
  -- The name as people read it.
  subject text not null,
  -- The highest CRL number, of at most 20 octets (RFC 5280 5.2.3).
  number numeric(49),
  this_update timestamptz not null
);
