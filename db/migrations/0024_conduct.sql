-- Texts that may go out, limitation per part of a claim, where other parties are, and days of rest.

-- A text with its version; a changed text is a new version. Places to fill in are written {{so}}.
create table text_templates (
  template   text not null check (template ~ '^[a-z0-9-]{1,60}$'),
  version    int not null,
  channel    text not null check (channel in ('letter', 'sms', 'email', 'message')),
  language   text not null,
  -- the packs whose debtors it is written for
  packs      text[] not null,
  body       text not null check (body <> ''),
  written_by text not null,
  written_at timestamptz not null,
  primary key (template, version)
);

-- Somebody with the right, and not the writer, approved it from a day to a day.
create table template_approvals (
  template    text not null,
  version     int not null,
  from_on     date not null,
  to_on       date not null default 'infinity' check (to_on >= from_on),
  approved_by text not null,
  approved_at timestamptz not null,
  reason      text not null check (reason <> ''),
  primary key (template, version, approved_at),
  foreign key (template, version) references text_templates
);

create table template_withdrawals (
  template     text not null,
  version      int not null,
  withdrawn_at timestamptz not null,
  withdrawn_by text not null,
  reason       text not null check (reason <> ''),
  primary key (template, version, withdrawn_at),
  foreign key (template, version) references text_templates
);

-- From when the limitation period of a part of a claim runs, or its last day; the newest row of a part
-- counts. Principal and interest have periods of their own (TW-S1).
create table claim_parts (
  borrower_id        bigint not null,
  claim_part_id      uuid not null default gen_random_uuid(),
  debt               text not null,
  part               text not null check (part in ('principal', 'instalments', 'interest', 'fees', 'whole')),
  limitation_from    date,
  limitation_ends_on date,
  at                 timestamptz not null,
  ordinal            int not null default 0,
  recorded_at        timestamptz not null,
  recorded_by        text not null,
  reason             text not null,
  primary key (borrower_id, claim_part_id),
  check (limitation_from is not null or limitation_ends_on is not null)
);

-- The zones in which somebody near the borrower may be; the newest row of a person counts. Without one the
-- person is taken to be where the borrower is.
create table party_places (
  borrower_id bigint not null,
  place_id    uuid not null default gen_random_uuid(),
  party       text not null,
  party_id    text not null default '',
  zones       text[] not null check (zones <> '{}'),
  at          timestamptz not null,
  ordinal     int not null default 0,
  recorded_at timestamptz not null,
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, place_id)
);

-- Days of rest beside Saturdays and Sundays, and Saturdays and Sundays that are worked.
create table rest_days (
  pack      text not null,
  day       date not null,
  is_worked boolean not null,
  primary key (pack, day)
);
