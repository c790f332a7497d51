-- The debts, as the lender's newest tape states them, and what was so before.

create table loans (
  borrower_id           bigint not null,
  loan_no               text not null,
  lender                text not null,
  product               text not null default '',
  branch                text,
  currency              text not null,
  status                text not null check (status in ('active', 'charged_off', 'closed', 'sold')),
  -- the position at close of business on position_from, unchanged since
  position_from         date not null,
  outstanding_minor     bigint not null,
  past_due_minor        bigint not null,
  oldest_due_on         date,
  principal_minor       bigint,
  interest_minor        bigint,
  penalty_minor         bigint,
  fees_minor            bigint,
  opened_on             date,
  matures_on            date,
  original_amount_minor bigint,
  term_months           int,
  rate                  numeric,
  instalment_minor      bigint,
  next_due_on           date,
  last_paid_on          date,
  last_paid_minor       bigint,
  secured               boolean,
  collateral            text,
  lender_days_past_due  int,
  extra                 jsonb,
  row_digest            bigint not null,
  -- of the tape's line as it stood there, when the tape was plain CSV: the same line again is not even read
  line_digest           bigint,
  primary key (borrower_id, loan_no)
)
-- Room on every page for the day's changes: a loan whose amounts moved is then written beside its old row,
-- and no index hears of it.
with (fillfactor = 85);
-- What is past due now: the night and the worklists start here and never read the rest.
create index loans_past_due on loans (oldest_due_on) where oldest_due_on is not null;
create index loans_by_number on loans (loan_no);

-- Earlier positions: written when a position changes, so the history costs what changed. valid_to is the
-- first day on which it no longer held.
create table loan_positions (
  borrower_id       bigint not null,
  loan_no           text not null,
  valid_from        date not null,
  valid_to          date not null check (valid_to > valid_from),
  lender            text not null,
  product           text not null,
  currency          text not null,
  status            text not null,
  outstanding_minor bigint not null,
  past_due_minor    bigint not null,
  oldest_due_on     date,
  principal_minor   bigint,
  interest_minor    bigint,
  penalty_minor     bigint,
  fees_minor        bigint,
  primary key (borrower_id, loan_no, valid_from)
);
create index loan_positions_by_end on loan_positions (valid_to);

-- Every position that ever held, with the days on which it did; the last one holds until infinity.
create view positions as
select borrower_id, loan_no, lender, product, currency, position_from as valid_from,
       date 'infinity' as valid_to,
       status, outstanding_minor, past_due_minor, oldest_due_on,
       principal_minor, interest_minor, penalty_minor, fees_minor
  from loans
union all
select borrower_id, loan_no, lender, product, currency, valid_from, valid_to,
       status, outstanding_minor, past_due_minor, oldest_due_on,
       principal_minor, interest_minor, penalty_minor, fees_minor
  from loan_positions;
