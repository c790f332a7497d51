-- Money that came by a bank statement, and what could not be told whose it is.

-- Accounts that a bank gives out so that a payer is known by where the money went.
create table virtual_accounts (
  borrower_id bigint not null,
  loan_no     text not null,
  account_no  text not null,
  opened_on   date not null,
  closed_on   date check (closed_on >= opened_on),
  primary key (borrower_id, loan_no, account_no)
);
create index virtual_accounts_by_number on virtual_accounts (account_no);

create table bank_statements (
  sha256        text primary key,
  format        text not null check (format in ('camt.053', 'mt940')),
  lender        text not null,
  account_no    text not null,
  statement_no  text not null,
  currency      text not null,
  closed_on     date not null,
  opening_minor bigint not null,
  closing_minor bigint not null,
  lines         int not null,
  loaded_at     timestamptz not null,
  loaded_by     text not null,
  unique (lender, account_no, statement_no)
);

-- A line without an outcome waits for a person: the suspense list.
create table statement_lines (
  sha256           text not null references bank_statements,
  line_no          int not null,
  lender           text not null,
  booked_on        date not null,
  -- positive: money in
  amount_minor     bigint not null check (amount_minor <> 0),
  currency         text not null,
  entry_reference  text,
  reference        text not null,
  payer            text,
  virtual_account  text,
  matched_by       text check (matched_by in ('virtual_account', 'reference', 'loan_number',
  'amount_and_name', 'person')),
  confidence       int check (confidence between 0 and 100),
  -- whom it may be from, best first: [{borrower_id, loan_no, matched_by, confidence}]
  suggestions      jsonb not null default '[]',
  waits_because    text,
  outcome          text check (outcome in ('booked', 'returned', 'not_ours', 'ignored')),
  payment_no       text,
  cleared_at       timestamptz,
  cleared_by       text,
  note             text,
  primary key (sha256, line_no)
);
create index statement_lines_waiting on statement_lines (booked_on, sha256, line_no) where outcome is null;

insert into settings (name, effective_from, value)
values
  -- how sure a match must be to be booked without a person, in percent
  ('match_confidence_min', '0001-01-01', '80'),
  -- days between the day money was paid and the day we hear of it, beyond which a person must look
  ('payment_days_back_max', '0001-01-01', '3650');
