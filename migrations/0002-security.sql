-- Data keys, each wrapped by a key derived from QMOI_MASTER_SECRET.
create table data_key (
  business_id int not null references business,
  key_id int not null,
  wrapped bytea not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  primary key (business_id, key_id)
);

create table session (
  business_id int not null references business,
  id bigint not null,
  -- SHA-256 of the opaque token: a stolen table opens no door.
  token_hash bytea not null,
  actor text not null,
  source text not null,
  user_agent text,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  verified_at timestamptz,
  revoked_at timestamptz,
  primary key (business_id, id),
  unique (business_id, token_hash)
);

-- Wrong keys by source, and under '*' from anywhere.
create table login_failure (
  business_id int not null references business,
  source text not null collate "C",
  failures int not null,
  last_at timestamptz not null,
  blocked_until timestamptz not null,
  primary key (business_id, source)
);

create table provider_token (
  business_id int not null references business,
  rail text not null collate "C",
  sealed bytea not null,
  -- SHA-256 of the token, to drop exactly the one that was refused.
  digest bytea not null,
  -- With expires_at the token's life: how early it must be renewed depends on it.
  minted_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (business_id, rail)
);

-- Who changed money, rules or access; one leaf of the later Merkle tree a row.
create table audit_record (
  business_id int not null references business,
  id bigint not null,
  recorded_at timestamptz not null,
  actor text not null,
  action text not null collate "C",
  subject text not null collate "C",
  detail jsonb not null,
  leaf bytea not null,
  primary key (business_id, id)
);

create trigger audit_record_is_append_only before update or delete or truncate on audit_record
  for each statement execute function refuse_change();
