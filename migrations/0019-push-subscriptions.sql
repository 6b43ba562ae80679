-- Browsers that the owner wants told. Where a note goes, and the keys it is encrypted to, are
-- sealed.
create table push_device (
  business_id int not null references business,
  id bigint not null,
  -- Keyed digest of the endpoint: a browser that subscribes again is the same device.
  endpoint_index bytea not null,
  subscription_sealed bytea not null,
  service text not null,
  label text not null,
  language text not null check (language in ('en', 'sw')),
  topics text[] not null check (cardinality(topics) > 0),
  created_at timestamptz not null,
  delivered_at timestamptz,
  -- Since the last note that was taken.
  failures int not null default 0 check (failures >= 0),
  failed_at timestamptz,
  failure text,
  -- Nothing is sent to it before.
  retry_at timestamptz,
  -- When a note of each topic last went out, in milliseconds.
  noted jsonb not null default '{}',
  primary key (business_id, id),
  unique (business_id, endpoint_index),
  check ((failures = 0) = (failure is null) and (failure is null) = (failed_at is null))
);

-- By which push services know this engine (VAPID, RFC 8292): made once.
create table push_key (
  business_id int primary key references business,
  public_key text not null,
  private_key_sealed bytea not null,
  made_at timestamptz not null
);

-- What a device is still to be told. Until it is first sent, more of the same joins it.
create table push_note (
  business_id int not null references business,
  id bigint not null,
  device_id bigint not null,
  topic text not null collate "C",
  about text not null collate "C",
  count int not null check (count > 0),
  amount_minor bigint not null,
  facts jsonb not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  due_at timestamptz not null,
  expires_at timestamptz not null,
  attempts int not null default 0 check (attempts >= 0),
  -- Attempts of which nobody knows whether they arrived.
  unanswered int not null default 0 check (unanswered between 0 and attempts),
  -- While somebody sends it.
  claimed_until timestamptz,
  primary key (business_id, id),
  foreign key (business_id, device_id) references push_device on delete cascade
);

create unique index push_note_waiting on push_note (business_id, device_id, topic, about)
  where attempts = 0;

-- How far events have been read for notes, and what was read beyond: ids are in order of time, not
-- of commit, so the last seconds are read again for what was not there before.
create table push_reading (
  business_id int primary key references business,
  read_up_to bigint not null
);

create table push_read_event (
  business_id int not null references business,
  event_id bigint not null,
  primary key (business_id, event_id)
);

-- What is told once: a day's target, a storm.
create table push_told (
  business_id int not null references business,
  what text not null collate "C",
  told_at timestamptz not null,
  primary key (business_id, what)
);
