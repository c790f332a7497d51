-- What a borrower can afford: one statement for all loans of the borrower, by day.

create table affordability_statements (
  borrower_id       bigint not null,
  stated_on         date not null,
  currency          text not null,
  -- [{"kind": "income"|"expenditure", "what": "wages", "amount_minor": 250000, "evidence": "payslip"}], per
  -- month
  lines             jsonb not null,
  income_minor      bigint not null check (income_minor >= 0),
  expenditure_minor bigint not null check (expenditure_minor >= 0),
  dependants        int not null default 0 check (dependants >= 0),
  recorded_by       text not null,
  recorded_at       timestamptz not null,
  primary key (borrower_id, stated_on)
);

insert into settings (name, effective_from, value)
values
  -- days for which a statement holds
  ('affordability_days', '0001-01-01', '180'),
  -- share of what is left of the income that instalments may take, in 1/10000
  ('affordability_share_bps', '0001-01-01', '8000');
