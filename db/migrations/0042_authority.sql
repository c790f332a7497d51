-- Who may give how much: the published grid, by version. Several rows may match a case; the tightest wins.

create table authority_grids (
  grid_version   text primary key,
  effective_from date not null unique,
  published_by   text not null,
  source         text not null
);

create table authority_rules (
  grid_version     text not null references authority_grids,
  level            text not null check (level in ('portal', 'collector', 'team_lead', 'manager',
    'committee')),
  what             text not null
                   check (what in ('fee_waiver', 'interest_waiver', 'principal_discount', 'plan_months')),
  -- '' is any; an agency's own rows narrow what its level may give
  lender           text not null default '',
  product          text not null default '',
  agency           text not null default '',
  from_days        int not null default 0 check (from_days >= 0),
  to_days          int check (to_days >= from_days),
  charged_off      boolean,
  -- of the outstanding balance, in whole units of its currency
  balance_to_units bigint,
  -- 1/10000 of the part for waivers and discounts; months for plans
  limit_units      int not null check (limit_units >= 0),
  -- concessions that the borrower may have had in the last twelve months before this one
  concessions_max  int,
  -- days over which a settlement may be paid
  term_days_max    int,
  unique nulls not distinct
    (grid_version, level, what, lender, product, agency, from_days, to_days, charged_off, balance_to_units)
);

insert into authority_grids
values ('house-1', '0001-01-01', 'house',
        'strategy-defaults 3.3: defaults shaped by published practice, not law');

insert into authority_rules (grid_version, level, what, limit_units, concessions_max)
select 'house-1', level, what, limit_units, case level when 'collector' then 0 when 'portal' then 0 end
  from (values
    ('portal', 'fee_waiver', 3000), ('portal', 'interest_waiver', 0), ('portal', 'plan_months', 6),
    ('collector', 'fee_waiver', 5000), ('collector', 'interest_waiver', 0), ('collector', 'plan_months', 6),
    ('team_lead', 'fee_waiver', 10000), ('team_lead', 'interest_waiver', 0), ('team_lead', 'plan_months', 12),
    ('manager', 'fee_waiver', 10000), ('manager', 'interest_waiver', 10000), ('manager', 'plan_months', 36),
    ('committee', 'fee_waiver', 10000), ('committee', 'interest_waiver', 10000),
     ('committee', 'plan_months', 60)
  ) as grid (level, what, limit_units);

insert into authority_rules
  (grid_version, level, what, from_days, to_days, charged_off, limit_units, concessions_max, term_days_max)
select 'house-1', level, 'principal_discount', from_days, to_days, charged_off, limit_units,
       case level when 'collector' then 0 when 'portal' then 0 end,
       case level when 'committee' then 1825 when 'manager' then 1095 when 'team_lead' then 365 else 183 end
  from (values
    ('portal', 0, 5, 10, 20), ('collector', 0, 10, 15, 25), ('team_lead', 10, 20, 25, 35),
    ('manager', 20, 30, 40, 50), ('committee', 25, 40, 50, 70)
  ) as grid (level, d91, d121, d151, written_off)
 cross join lateral (values
    (0, 90, false, 0),
    (91, 120, false, d91 * 100),
    (121, 150, false, d121 * 100),
    (151, null, false, d151 * 100),
    (0, null, true, written_off * 100)
 ) as band (from_days, to_days, charged_off, limit_units);

-- A request that goes beyond the proposer's own authority, and who decided. Two at the committee's level.
create table approvals (
  borrower_id bigint not null,
  subject     text not null,
  approved_by text not null,
  level       text not null,
  approved_at timestamptz not null,
  approved    boolean not null,
  reason      text not null,
  primary key (borrower_id, subject, approved_by)
);
