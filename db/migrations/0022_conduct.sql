-- Contacts: what is asked for, what was answered, what happened.

-- What somebody asks about a contact, before the book is looked into: rows stay only for as long as the
-- question takes, so a crash may lose them. No debts: all open loans. address, place and the like: as in
-- contact_proposals.
create unlogged table asked_contacts (
  borrower_id bigint not null,
  proposal_id uuid not null,
  at          timestamptz not null,
  stage       text not null,
  channel     text not null,
  debts       text[] not null,
  party       text not null,
  party_id    text not null,
  address     text not null,
  place       text,
  purpose     text not null,
  placed_by   text not null,
  staff_id    text,
  visitors    int,
  automated   boolean not null,
  one_way     boolean not null,
  contact_id  uuid,
  -- the approved text that is sent, NAME@VERSION; whether a text of somebody's own is
  template    text not null,
  free_text   boolean not null,
  -- the parts of the claim that it is about; empty: all
  claim_parts text[],
  primary key (borrower_id, proposal_id)
);

-- One row per contact that somebody wants to make, with what the book knows about it, for as long as the
-- question takes. zones: first the one that gives the calendar day; empty when unknown. known_at: facts
-- recorded later are not read. law_on: the day whose law holds. of_lender: empty where no book was asked.
create unlogged table contact_proposals (
  borrower_id   bigint not null,
  proposal_id   uuid not null default gen_random_uuid(),
  at            timestamptz not null,
  known_at      timestamptz not null default 'infinity',
  law_on        date not null,
  pack_versions text[] not null,
  of_lender     text not null default '',
  products      text[] not null default '{}',
  zones         text[] not null default '{}',
  -- a zone was named that nobody knows
  zone_doubtful boolean not null default false,
  channel       text not null,
  debts         text[] not null,
  party         text not null default 'debtor',
  party_id      text not null default '',
  address       text not null default '',
  place         text,
  purpose       text not null default 'collect',
  placed_by     text not null default 'lender',
  staff_id      text,
  -- while it is planned nobody knows yet who will do it
  stage         text not null default 'dispatch' check (stage in ('plan', 'dispatch', 'afterwards')),
  visitors      int,
  automated     boolean not null default false,
  one_way       boolean not null default false,
  -- the contact that is judged afterwards: it is not part of its own history
  contact_id    uuid,
  template      text not null default '',
  free_text     boolean not null default false,
  claim_parts   text[],
  primary key (borrower_id, proposal_id)
);

-- Whether this transaction has the borrower's row to itself: it locked it, or wrote it.
create function is_locked_here(of_borrower bigint) returns boolean
  language sql stable
  return exists (
    select from borrowers b
     where b.borrower_id = of_borrower and pg_current_xact_id()::xid in (b.xmax, b.xmin));

-- What the rules answered, with all that is needed to give the same answer again. One that opens a contact
-- names the attempt that it opens.
create table verdicts (
  borrower_id   bigint not null,
  verdict_id    uuid not null default gen_random_uuid(),
  allowed       boolean not null,
  decided_at    timestamptz not null,
  channel       text not null,
  debts         text[] not null,
  party         text not null,
  party_id      text not null,
  address       text not null,
  placed_by     text not null,
  purpose       text not null,
  pack_versions text[] not null,
  -- the proposal as it was asked
  asked         jsonb not null,
  refusals      jsonb not null,
  warnings      jsonb not null,
  -- the facts that were read: kind → rows
  facts         jsonb not null,
  asked_by      text not null,
  given_in      xid8 not null default pg_current_xact_id(),
  attempt_id    uuid,
  primary key (borrower_id, verdict_id),
  unique (borrower_id, verdict_id, attempt_id, allowed, decided_at, channel, debts, party, party_id, address,
          placed_by, purpose),
  check (allowed = (refusals = '[]')),
  check (allowed or attempt_id is null)
);
-- Asked of new rows only (a restored backup keeps what it had): a verdict is given by the transaction that
-- writes it, while the borrower's row is its own.
alter table verdicts
  add constraint verdict_is_of_this_transaction check (given_in = pg_current_xact_id()) not valid,
  add constraint borrower_is_locked check (is_locked_here(borrower_id)) not valid;
create index verdicts_refused on verdicts (decided_at) where not allowed;
create index verdicts_by_id on verdicts (verdict_id);

-- What we did. No row without an allowing verdict that names it, about this very contact (channel, debts,
-- person, address, caller and purpose), and no such verdict without its attempt when its transaction ends:
-- so whatever stands here later was opened by the transaction that locked the borrower and asked.
create table contact_attempts (
  borrower_id         bigint not null,
  attempt_id          uuid not null default gen_random_uuid(),
  verdict_id          uuid not null,
  allowed             boolean not null default true check (allowed),
  decided_at          timestamptz not null,
  at                  timestamptz not null,
  ordinal             int not null default 0,
  recorded_at         timestamptz not null,
  recorded_by         text not null,
  channel             text not null,
  debts               text[] not null,
  party               text not null,
  party_id            text not null,
  address             text not null,
  placed_by           text not null,
  purpose             text not null,
  place               text,
  automated           boolean not null default false,
  one_way             boolean not null default false,
  -- empty until it is known; an unknown outcome counts for every cap
  outcome             text,
  conversation_debts  text[],
  outcome_recorded_at timestamptz,
  note                text,
  primary key (borrower_id, attempt_id),
  unique (borrower_id, verdict_id, attempt_id),
  unique (borrower_id, verdict_id),
  foreign key (borrower_id, verdict_id, attempt_id, allowed, decided_at, channel, debts, party, party_id,
               address, placed_by, purpose)
    references verdicts (borrower_id, verdict_id, attempt_id, allowed, decided_at, channel, debts, party,
                         party_id, address, placed_by, purpose),
  check (at >= decided_at and at <= decided_at + interval '5 minutes'),
  check ((outcome is null) = (outcome_recorded_at is null))
);
alter table verdicts
  add constraint verdict_opened_its_attempt foreign key (borrower_id, verdict_id, attempt_id)
  references contact_attempts (borrower_id, verdict_id, attempt_id) deferrable initially deferred;
create index contact_attempts_by_time on contact_attempts (borrower_id, at);

-- What happened outside our control: the person called or wrote, an agency or a dialler sent its log
-- later. It is recorded as what it was and judged afterwards.
create table outside_contacts (
  borrower_id         bigint not null,
  contact_id          uuid not null default gen_random_uuid(),
  at                  timestamptz not null,
  ordinal             int not null default 0,
  recorded_at         timestamptz not null,
  recorded_by         text not null,
  -- the number under which its source knows it: the same again changes nothing
  source_no           text,
  direction           text not null check (direction in ('in', 'out')),
  channel             text not null,
  debts               text[],
  party               text not null default 'debtor',
  party_id            text not null default '',
  address             text not null default '',
  placed_by           text not null default 'lender',
  purpose             text not null default 'collect',
  place               text,
  automated           boolean not null default false,
  one_way             boolean not null default false,
  outcome             text,
  conversation_debts  text[],
  outcome_recorded_at timestamptz,
  visitors            int,
  judged_at           timestamptz,
  primary key (borrower_id, contact_id)
);
create index outside_contacts_by_time on outside_contacts (borrower_id, at);
create unique index outside_contacts_by_source on outside_contacts (borrower_id, placed_by, source_no);
create index outside_contacts_unjudged on outside_contacts (borrower_id) where judged_at is null;

-- A contact that broke a rule, whether at once visible or only by what came to light later.
create table incidents (
  borrower_id   bigint not null,
  contact_id    uuid not null,
  pack_version  text not null,
  rule_id       text not null,
  found_at      timestamptz not null,
  -- late_fact: the verdict was right by what was known then
  cause         text not null check (cause in ('outside_contact', 'late_fact', 'banned_phrase')),
  evidence      jsonb not null,
  closed_at     timestamptz,
  closed_by     text,
  closing_note  text,
  primary key (borrower_id, contact_id, rule_id, pack_version)
);
