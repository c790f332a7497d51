-- What is planned, and what stops it.

create table planned_contacts (
  borrower_id   bigint not null,
  planned_id    uuid not null default gen_random_uuid(),
  planned_at    timestamptz not null,
  -- when and how it shall happen
  at            timestamptz not null,
  channel       text not null,
  debts         text[] not null,
  party         text not null default 'debtor',
  party_id      text not null default '',
  address       text not null default '',
  placed_by     text not null default 'lender',
  purpose       text not null default 'collect',
  why           text not null,
  -- who works it: a collector, a visitor, a channel, an agency; whoever must hear of a stop
  worked_by     text not null,
  cancelled_at  timestamptz,
  cancelled_by  uuid,
  primary key (borrower_id, planned_id)
);
create index planned_contacts_open on planned_contacts (borrower_id) where cancelled_at is null;

-- What the rules said to a planned contact when the night last asked them. Nothing here: it was allowed.
create table planned_refusals (
  borrower_id     bigint not null,
  planned_id      uuid not null,
  rule_id         text not null,
  pack_version    text not null,
  checked_on      date not null,
  source          text not null,
  evidence        jsonb not null,
  next_allowed_at text,
  primary key (borrower_id, planned_id, rule_id, pack_version),
  foreign key (borrower_id, planned_id) references planned_contacts
);

-- A hold, payment, dispute, death or cease that stops the work on a borrower.
create table stops (
  borrower_id bigint not null,
  stop_id     uuid not null default gen_random_uuid(),
  cause       text not null,
  -- the fact that caused it: the same fact stops once
  cause_no    text not null,
  debts       text[],
  at          timestamptz not null,
  stopped_by  text not null,
  primary key (borrower_id, stop_id),
  unique (borrower_id, cause, cause_no)
);

-- Whoever had work on the borrower when it was stopped, and when they said that they know.
create table stop_notices (
  borrower_id     bigint not null,
  stop_id         uuid not null,
  worked_by       text not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  primary key (borrower_id, stop_id, worked_by),
  foreign key (borrower_id, stop_id) references stops
);
create index stop_notices_open on stop_notices (borrower_id) where acknowledged_at is null;
