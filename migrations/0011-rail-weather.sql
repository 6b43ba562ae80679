-- What calls to a provider came to, summed by the hour. No money depends on it.
create table rail_weather (
  business_id int not null references business,
  rail text not null collate "C",
  operation text not null collate "C",
  hour timestamptz not null,
  calls int not null check (calls >= 0),
  ok int not null check (ok >= 0),
  our_fault int not null check (our_fault >= 0),
  refused int not null check (refused >= 0),
  unknown int not null check (unknown >= 0),
  -- Of all these, calls that the provider did not hear or did not answer.
  unheard int not null check (unheard >= 0 and unheard <= calls),
  -- How many calls took up to each of the bounds in records/tally.ts, and longer than the last.
  latency_counts int[] not null,
  -- The provider's own codes with how often each came; the rare ones are summed.
  codes jsonb not null,
  primary key (business_id, rail, operation, hour),
  check (calls = ok + our_fault + refused + unknown)
);

create index rail_weather_by_hour on rail_weather (business_id, hour);

-- A row while calls of a lane are held back, in every process; none while they go out.
create table rail_breaker (
  business_id int not null references business,
  rail text not null collate "C",
  lane text not null collate "C",
  state text not null check (state in ('open', 'half-open')),
  cause text not null check (cause in ('failing', 'locked-out')),
  code text not null,
  opened_at timestamptz not null,
  -- When one call may try again; null until a person or new credentials close it.
  until_at timestamptz,
  trips int not null check (trips > 0),
  -- Keyed digest of the credentials that were refused: other ones are not held back.
  credentials_mark text not null,
  primary key (business_id, rail, lane),
  check ((cause = 'locked-out') = (until_at is null)),
  check (cause = 'failing' or state = 'open')
);

-- Which warnings about an operator's password have been given, so that each is given once.
create table operator_warning (
  business_id int not null references business,
  rail text not null collate "C",
  set_on date not null,
  days_left int not null,
  warned_at timestamptz not null,
  primary key (business_id, rail, set_on, days_left)
);

-- A second rail that the payer named in the same act. Once it is used, the two have changed places.
alter table charge
  add column fallback_rail text collate "C",
  add column fallback_phone_index bytea,
  add column fallback_phone_sealed bytea,
  add column fell_back_at timestamptz,
  add constraint charge_fallback_whole check (
    (fallback_rail is null) = (fallback_phone_sealed is null)
    and (fallback_rail is null) = (fallback_phone_index is null)
    and (fallback_rail is not null or fell_back_at is null)
  ),
  add constraint charge_fallback_of_an_act check (
    fallback_rail is null or (fallback_rail <> rail and consent_basis = 'payer-act')
  );
