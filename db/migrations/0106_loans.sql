-- Loans that a whole tape names in a row that was rejected: it tells nothing of them. What held goes on, and
-- money since the tape before is not in anything that the lender stated.
create table untold_loans (
  borrower_id bigint not null,
  loan_no     text not null,
  as_of       date not null,
  primary key (borrower_id, loan_no, as_of)
);
create index untold_loans_by_day on untold_loans (as_of);
