-- The facts that the rules read. Each is a dated record: at is when it was so, recorded_at when we learnt
-- it, so that a verdict can be given again from what was known. ordinal orders facts of the same instant.
-- No debts: all debts.

-- What the lender's tape does not say about a loan; its product too where the tape's is no good.
create table debt_traits (
  borrower_id        bigint not null,
  debt               text not null,
  recorded_at        timestamptz not null,
  superseded_at      timestamptz,
  product            text,
  represented        boolean not null default false,
  -- the number under which the debt was serviced: student loans under one number are one debt (US-F5)
  account            text,
  limitation_from    date,
  limitation_ends_on date,
  primary key (borrower_id, debt, recorded_at),
  check (account is null or product is not null)
);

create table holds (
  borrower_id bigint not null,
  hold_id     uuid not null default gen_random_uuid(),
  kind        text not null,
  variant     text not null default 'standard',
  debts       text[],
  at          timestamptz not null,
  ordinal     int not null default 0,
  -- sent before it was received: only receipt binds
  sent_on     date,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, hold_id)
);

create table hold_releases (
  borrower_id bigint not null,
  release_id  uuid not null default gen_random_uuid(),
  kind        text not null,
  debts       text[],
  at          timestamptz not null,
  ordinal     int not null default 0,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, release_id)
);

create table consents (
  borrower_id bigint not null,
  consent_id  uuid not null default gen_random_uuid(),
  channel     text,
  address     text not null default '',
  debts       text[],
  party       text not null default 'debtor',
  party_id    text not null default '',
  -- to whom it was given: consent does not pass from one collector to another
  given_to    text not null default 'lender',
  on_dates    date[],
  at          timestamptz not null,
  ordinal     int not null default 0,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, consent_id)
);

create table consent_revocations (
  borrower_id   bigint not null,
  revocation_id uuid not null default gen_random_uuid(),
  channel       text,
  address       text not null default '',
  debts         text[],
  party         text not null default 'debtor',
  party_id      text not null default '',
  at            timestamptz not null,
  ordinal       int not null default 0,
  recorded_at   timestamptz not null,
  recorded_by   text not null,
  reason        text not null,
  primary key (borrower_id, revocation_id)
);

create table agreed_windows (
  borrower_id bigint not null,
  window_id   uuid not null default gen_random_uuid(),
  party       text not null default 'debtor',
  party_id    text not null default '',
  from_time   time not null,
  to_time     time not null,
  at          timestamptz not null,
  ordinal     int not null default 0,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, window_id)
);

-- Times and places that somebody called inconvenient. No party: said by the debtor, kept towards everybody.
create table inconveniences (
  borrower_id      bigint not null,
  inconvenience_id uuid not null default gen_random_uuid(),
  party            text,
  party_id         text not null default '',
  days             text[],
  from_time        time,
  to_time          time,
  until_on         date,
  place            text,
  at               timestamptz not null,
  ordinal          int not null default 0,
  recorded_at      timestamptz not null,
  recorded_by      text not null,
  reason           text not null,
  primary key (borrower_id, inconvenience_id)
);

create table opt_outs (
  borrower_id bigint not null,
  opt_out_id  uuid not null default gen_random_uuid(),
  party       text,
  party_id    text not null default '',
  channel     text,
  address     text not null default '',
  at          timestamptz not null,
  ordinal     int not null default 0,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, opt_out_id),
  check (channel is not null or address <> '')
);

-- A contact person or third party asked not to be contacted again.
create table third_party_refusals (
  borrower_id bigint not null,
  refusal_id  uuid not null default gen_random_uuid(),
  party       text not null,
  party_id    text not null default '',
  at          timestamptz not null,
  ordinal     int not null default 0,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, refusal_id)
);

-- Evidence that the debtor cannot be reached.
create table unreachabilities (
  borrower_id bigint not null,
  evidence_id uuid not null default gen_random_uuid(),
  at          timestamptz not null,
  ordinal     int not null default 0,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, evidence_id)
);

create table portal_sessions (
  borrower_id bigint not null,
  session_id  uuid not null default gen_random_uuid(),
  state       text not null check (state in ('open', 'ended')),
  at          timestamptz not null,
  ordinal     int not null default 0,
  recorded_at timestamptz not null,
  primary key (borrower_id, session_id)
);

create table notices_given (
  borrower_id bigint not null,
  notice_id   uuid not null default gen_random_uuid(),
  kind        text not null,
  debts       text[],
  at          timestamptz not null,
  ordinal     int not null default 0,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, notice_id)
);

-- No kind: whatever was sent came back.
create table notices_returned (
  borrower_id bigint not null,
  return_id   uuid not null default gen_random_uuid(),
  kind        text,
  debts       text[],
  at          timestamptz not null,
  ordinal     int not null default 0,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, return_id)
);

-- What an agency showed before it may work: the newest row of an agency counts.
create table agency_standings (
  agency          text not null,
  recorded_at     timestamptz not null,
  licensed_until  date,
  secrecy_until   date,
  evaluated_on    date,
  -- the outcome of the evaluation, a record of violence, a register that lists it: no more work
  barred_reason   text,
  recorded_by     text not null,
  primary key (agency, recorded_at)
);
