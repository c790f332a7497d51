-- What happened to the money, twice: every movement has entries whose sum is zero.

-- Which account a kind of movement debits and which it credits: the one home of the rule, for the night and
-- for a person.
create table movement_kinds (
  kind   text primary key,
  debit  text not null,
  credit text not null check (credit <> debit),
  reason text not null
);

insert into movement_kinds
values
  ('payment', 'cash', 'receivable', 'money came in'),
  ('reversal', 'receivable', 'cash', 'money that came in was taken back'),
  ('refund', 'receivable', 'cash', 'what was paid too much went back'),
  ('interest', 'receivable', 'income', 'interest was charged'),
  ('penalty', 'receivable', 'income', 'penalty was charged'),
  ('fee', 'receivable', 'income', 'a fee or cost was charged'),
  ('waiver', 'waived', 'receivable', 'a part was forgiven inside an authority'),
  ('waiver_undone', 'receivable', 'waived', 'a forgiven part is owed again'),
  ('settlement', 'discounted', 'receivable', 'the rest of a settled loan was forgiven'),
  ('settlement_undone', 'receivable', 'discounted', 'a settlement payment bounced: the rest is owed again'),
  ('charge_off', 'charged_off', 'receivable', 'the loss was recognised; the debt is still owed'),
  ('recovery', 'cash', 'charged_off', 'money after the charge-off'),
  ('recovery_reversal', 'charged_off', 'cash', 'money after the charge-off was taken back'),
  ('collection_fee', 'collection_cost', 'cash', 'an agency kept its fee');

create table movements (
  borrower_id  bigint not null,
  loan_no      text not null,
  -- natural: what it is and where it came from, such as payment:P-1001 or waiver:…
  movement_no  text not null,
  kind         text not null references movement_kinds,
  -- value date, and the business date on which it was entered
  on_date      date not null,
  entered_on   date not null,
  currency     text not null,
  amount_minor bigint not null check (amount_minor > 0),
  -- which part of the debt, where the kind does not say it
  part         text check (part in ('penalty', 'fee', 'interest', 'principal')),
  actor        text not null,
  reason       text,
  primary key (borrower_id, loan_no, movement_no)
);
create index movements_by_day on movements (on_date);

-- Debits are positive, credits negative.
create table entries (
  borrower_id  bigint not null,
  loan_no      text not null,
  movement_no  text not null,
  account      text not null,
  amount_minor bigint not null check (amount_minor <> 0),
  primary key (borrower_id, loan_no, movement_no, account),
  foreign key (borrower_id, loan_no, movement_no) references movements
);

-- A tape's position against what we expected, where it differs by more than the setting. Open until a person
-- explains it.
create table balance_differences (
  borrower_id    bigint not null,
  loan_no        text not null,
  as_of          date not null,
  currency       text not null,
  before_minor   bigint not null,
  moved_minor    bigint not null,
  expected_minor bigint not null check (expected_minor = before_minor + moved_minor),
  stated_minor   bigint not null,
  limit_minor    bigint not null,
  explained_at   timestamptz,
  explained_by   text,
  explanation    text,
  check (num_nonnulls(explained_at, explained_by, explanation) in (0, 3)),
  primary key (borrower_id, loan_no, as_of)
);
create index balance_differences_open on balance_differences (borrower_id, loan_no)
  where explained_at is null;

-- The order in which money is applied, as versioned data: the narrowest row that matches a loan wins. Empty:
-- any.
create table allocation_orders (
  pack           text not null default '',
  lender         text not null default '',
  product        text not null default '',
  asset_state    text not null default ''
                 check (asset_state in ('', 'current', 'non_performing', 'charged_off', 'settled')),
  -- days past due of the oldest instalment from which the row holds
  from_days      int not null default 0 check (from_days >= 0),
  effective_from date not null,
  rule           jsonb not null,
  clause         text not null,
  primary key (pack, lender, product, asset_state, from_days, effective_from)
);

insert into allocation_orders (pack, asset_state, from_days, effective_from, rule, clause)
select pack, state, 0, date '0001-01-01',
       jsonb_build_object('kind', 'due_first', 'due_order', parts, 'in_advance_order', parts), clause
  from (values
    ('', '', '["fee", "interest", "penalty", "principal"]'::jsonb, 'default: costs, interest, principal'),
    ('cn', '', '["fee", "interest", "penalty", "principal"]',
     'Civil Code of the PRC art. 561: costs of realising the claim, interest, principal'),
    -- The penalty stands for damage from delay: it is not among the three ranks of art. 323 and comes last.
    ('tw', '', '["fee", "interest", "principal", "penalty"]',
     'Taiwan Civil Code art. 323: costs, interest, principal')
  ) as orders (pack, state, parts, clause);

-- The night finds payments by the day whose file brought them.
create index payments_by_load on payments (loaded_as_of);

-- How far a tape may differ from what was expected: {"minor": 500} or {"bps": 100} of the balance, the
-- larger; off until set.
insert into settings (name, effective_from, value)
values ('balance_difference_limit', '0001-01-01', '{}');

-- Money that came in and stayed, by the day it counts for: a reversal takes back the payment it names on that
-- payment's day, or, naming none, on its own.
create view money_received as
select borrower_id, loan_no, paid_on as counted_on, amount_minor, loaded_as_of
  from payments
 where kind = 'payment'
union all
select r.borrower_id, r.loan_no, coalesce(p.paid_on, r.paid_on), -r.amount_minor, r.loaded_as_of
  from payments r
  left join payments p on p.borrower_id = r.borrower_id and p.payment_no = r.reverses
 where r.kind = 'reversal';

-- The days for which each lender's loans were told.
create view tapes as
select distinct unnest(lenders) as lender, as_of
  from loads
 where kind = 'loans' and state = 'applied';
