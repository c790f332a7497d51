-- Many banks count an account's statements anew each year and give them all one reference (MT940 :20:): the
-- same number on another day is another statement.
alter table bank_statements
  drop constraint bank_statements_lender_account_no_statement_no_key,
  add unique (lender, account_no, statement_no, closed_on);
