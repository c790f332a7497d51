-- A sum below the balance that ends the matter when it is paid.

create table settlements (
  borrower_id         bigint not null,
  loan_no             text not null,
  settlement_no       int not null check (settlement_no > 0),
  currency            text not null,
  balance_minor       bigint not null check (balance_minor > 0),
  offer_minor         bigint not null check (offer_minor > 0 and offer_minor < balance_minor),
  -- less is enough when it comes by prompt_by: the discount for prompt payment
  prompt_minor        bigint check (prompt_minor > 0 and prompt_minor < offer_minor),
  prompt_by           date,
  pay_by              date not null,
  carry_on_minor      bigint not null,
  grid_version        text not null,
  level_needed        text not null,
  is_within_authority boolean not null,
  offered_on          date not null,
  offered_by          text not null,
  expires_on          date not null check (expires_on >= offered_on),
  reason              text,
  accepted_on         date,
  accepted_by         text,
  -- completed, and still completed as far as the ledger knows
  outcome             text check (outcome in ('completed', 'broken', 'expired', 'withdrawn', 'rejected')),
  ended_on            date,
  paid_minor          bigint not null default 0,
  -- what the borrower is let off once it is completed
  forgiven_minor      bigint not null default 0,
  -- the night that judged it last: the ledger posts what that night changed
  judged_on           date,
  check (num_nonnulls(prompt_minor, prompt_by) in (0, 2)),
  check (prompt_by is null or prompt_by <= pay_by),
  check ((outcome is null) = (ended_on is null)),
  check ((accepted_on is null) = (accepted_by is null)),
  primary key (borrower_id, loan_no, settlement_no)
);
-- One active offer.
create unique index settlements_one_active on settlements (borrower_id, loan_no) where outcome is null;
create index settlements_by_expiry on settlements (expires_on) where outcome is null and accepted_on is null;
create index settlements_by_pay_by on settlements (pay_by) where outcome is null;
create index settlements_judged on settlements (judged_on);

insert into settings (name, effective_from, value)
values
  ('settlement_offer_days_max', '0001-01-01', '30'),
  -- what going on without a deal is worth, in 1/10000 of the balance, from days past due on. Practice: above
  -- 60 % is recovered at 31–60 days, below 40 % after 90; after charge-off 12.8 % of card debt in public
  -- outcomes.
  ('carry_on_value', '0001-01-01', '[
     {"from_days": 0, "bps": 9000}, {"from_days": 31, "bps": 6000}, {"from_days": 91, "bps": 4000},
     {"from_days": 121, "bps": 3000}, {"from_days": 151, "bps": 2000}, {"charged_off": true, "bps": 1280}]'),
  -- by how much money later is worth less, a year, in 1/10000
  ('carry_on_discount_bps', '0001-01-01', '1000');
