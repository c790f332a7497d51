-- Who works here, how they sign in, what they may do, and what they did.

-- The tables of sign-in are written by its library (better-auth); names and columns are ours.
create table staff (
  id                     text primary key,
  name                   text not null,
  email                  text not null unique check (email = lower(email)),
  email_verified         boolean not null default false,
  image                  text,
  two_factor_enabled     boolean not null default false,
  -- until a second factor is set up nothing else may be done
  second_factor_required boolean not null default true,
  language               text not null default 'en' check (language in ('en', 'zh-Hans', 'zh-Hant')),
  -- counts changes, for the ETag
  version                int not null default 1,
  created_at             timestamptz not null,
  updated_at             timestamptz not null
);

create table sign_in_sessions (
  id         text primary key,
  token      text not null unique,
  staff_id   text not null references staff on delete cascade,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  -- how the person came in: a password alone is one factor, the others show as many as they must
  came_by    text not null check (came_by in ('password', 'passkey', 'single_sign_on')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index sign_in_sessions_by_staff on sign_in_sessions (staff_id);

create table sign_in_methods (
  id                       text primary key,
  staff_id                 text not null references staff on delete cascade,
  provider_id              text not null,
  account_id               text not null,
  password                 text,
  access_token             text,
  refresh_token            text,
  id_token                 text,
  scope                    text,
  access_token_expires_at  timestamptz,
  refresh_token_expires_at timestamptz,
  created_at               timestamptz not null,
  updated_at               timestamptz not null,
  unique (provider_id, account_id)
);
create index sign_in_methods_by_staff on sign_in_methods (staff_id);

create table sign_in_verifications (
  id         text primary key,
  identifier text not null,
  value      text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index sign_in_verifications_by_identifier on sign_in_verifications (identifier);

create table sign_in_second_factors (
  id                        text primary key,
  staff_id                  text not null unique references staff on delete cascade,
  secret                    text not null,
  backup_codes              text not null,
  verified                  boolean not null default false,
  failed_verification_count int not null default 0,
  locked_until              timestamptz
);

create table sign_in_passkeys (
  id            text primary key,
  staff_id      text not null references staff on delete cascade,
  name          text,
  credential_id text not null unique,
  public_key    text not null,
  counter       bigint not null,
  device_type   text not null,
  backed_up     boolean not null,
  transports    text,
  aaguid        text,
  created_at    timestamptz
);
create index sign_in_passkeys_by_staff on sign_in_passkeys (staff_id);

-- Every try to sign in; too many wrong ones lock the address for a while, whoever tries.
create table sign_in_attempts (
  attempt_id uuid primary key default gen_random_uuid(),
  email      text not null,
  at         timestamptz not null,
  succeeded  boolean not null,
  origin     text not null
);
create index sign_in_attempts_by_email on sign_in_attempts (email, at);

-- Rights. A role is held from a day until it is ended; what a role may do stands in the program.
create table staff_roles (
  staff_id text not null references staff,
  role     text not null
           check (role in ('collector', 'team_lead', 'manager', 'compliance', 'legal', 'field', 'agency',
                           'auditor', 'admin')),
  given_at timestamptz not null,
  given_by text not null,
  ended_at timestamptz,
  ended_by text,
  primary key (staff_id, role, given_at)
);
create unique index staff_roles_in_force on staff_roles (staff_id, role) where ended_at is null;

create table staff_departures (
  staff_id    text primary key references staff,
  at          timestamptz not null,
  recorded_by text not null,
  reason      text not null check (reason <> '')
);

create table teams (
  team_id text primary key check (team_id ~ '^[a-z0-9-]{1,40}$'),
  name    text not null,
  -- the agency whose people they are; null: our own
  agency  text check (agency <> ''),
  version int not null default 1
);

create table team_members (
  team_id   text not null references teams,
  staff_id  text not null references staff,
  joined_at timestamptz not null,
  left_at   timestamptz,
  primary key (team_id, staff_id, joined_at)
);
create unique index team_members_now on team_members (team_id, staff_id) where left_at is null;

-- The lenders whose borrowers a team works on.
create table team_portfolios (
  team_id text not null references teams,
  lender  text not null,
  primary key (team_id, lender)
);

-- A person's own limits: they narrow what the role's authority grid gives, never widen it.
create table authority_limits (
  staff_id    text not null references staff,
  what        text not null check (what in ('plan_months', 'waiver', 'settlement')),
  currency    text not null default '',
  limit_units bigint not null check (limit_units >= 0),
  from_on     date not null,
  to_on       date not null default 'infinity',
  given_by    text not null,
  primary key (staff_id, what, currency, from_on)
);

create table training_certificates (
  staff_id    text not null references staff,
  certificate text not null,
  passed_on   date not null,
  lapses_on   date not null check (lapses_on > passed_on),
  recorded_by text not null,
  primary key (staff_id, certificate, passed_on)
);

-- Tokens with which a machine asks; only their digest is kept.
create table machine_tokens (
  token_id    uuid primary key default gen_random_uuid(),
  name        text not null,
  sha256      text not null unique,
  permissions text[] not null,
  lenders     text[] not null,
  created_at  timestamptz not null,
  created_by  text not null references staff,
  expires_at  timestamptz not null,
  ended_at    timestamptz,
  ended_by    text
);

-- The answer to a write, kept for a day, so that the same key again gives the same answer and does nothing.
create table idempotency_keys (
  staff_id   text not null,
  request_key text not null,
  sha256     text not null,
  asked_at   timestamptz not null,
  status     int,
  answer     text,
  content_type text,
  primary key (staff_id, request_key)
);
create index idempotency_keys_by_time on idempotency_keys (asked_at);
