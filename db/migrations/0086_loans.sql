-- A tape tells where all loans of its lenders stand; a partial one (mode delta) tells it of the loans that it
-- names and of no other.

-- Loans that a partial tape names as the book has them already: no position begins, but the money of earlier
-- days is in what the lender states.
create table tape_confirmations (
  borrower_id bigint not null,
  loan_no     text not null,
  as_of       date not null,
  primary key (borrower_id, loan_no, as_of)
);
create index tape_confirmations_by_day on tape_confirmations (as_of);

-- The days for which all of each lender's loans were told.
create or replace view tapes as
select distinct unnest(lenders) as lender, as_of
  from loads
 where kind = 'loans' and state = 'applied' and mode = 'full';
