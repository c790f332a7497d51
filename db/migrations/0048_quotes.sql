-- What it takes to pay a loan off on a day, as it was told, with the terms it was reckoned by.

-- What a lender may not pass, or must look at, by jurisdiction: yearly rates as fractions.
create table rate_caps (
  pack           text not null,
  is_card        boolean not null,
  effective_from date not null,
  kind           text not null check (kind in ('cap', 'alert')),
  yearly         numeric not null check (yearly > 0),
  clause         text not null,
  primary key (pack, is_card, kind, effective_from)
);

insert into rate_caps
values
  ('tw', false, '2021-07-20', 'cap', 0.16, 'Taiwan Civil Code art. 205'),
  ('tw', true, '2015-09-01', 'cap', 0.15, 'Taiwan Banking Act art. 47-1'),
  ('cn', false, '2017-08-04', 'alert', 0.24, 'SPC 法发[2017]22号: courts may cut all charges above 24 % a year'),
  ('cn', true, '2017-08-04', 'alert', 0.24, 'SPC 法发[2017]22号: courts may cut all charges above 24 % a year');

create table quotes (
  borrower_id   bigint not null,
  loan_no       text not null,
  quote_no      int not null check (quote_no > 0),
  currency      text not null,
  for_on        date not null,
  good_until    date not null check (good_until >= for_on),
  total_minor   bigint not null check (total_minor >= 0),
  -- every step of the sum, in figures and in words
  answer        jsonb not null,
  -- rates, rules, caps and orders it was reckoned by, as they were
  terms         jsonb not null,
  asked_at      timestamptz not null,
  asked_by      text not null,
  primary key (borrower_id, loan_no, quote_no)
);

insert into settings (name, effective_from, value)
values
  ('day_count', '0001-01-01', '"actual/365"'),
  -- penalty while past due: null for none; {"base": "past_due_principal" | "principal" | "past_due",
  -- "yearly": "0.05"} or {"times_contract": "1.5"}; "in_place_of_interest": the part that bears it bears no
  -- interest beside it
  ('penalty_rule', '0001-01-01', 'null'),
  -- days ahead for which a pay-off is told
  ('quote_days_max', '0001-01-01', '366');
