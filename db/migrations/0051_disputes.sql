-- Parts of a debt that the borrower contests: money goes to the rest, unless the borrower directs it there.

create table disputed_instalments (
  borrower_id   bigint not null,
  loan_no       text not null,
  instalment_no int not null check (instalment_no > 0),
  disputed_on   date not null,
  reason        text not null,
  recorded_by   text not null,
  -- upheld: the lender corrects what is owed, by its next files; rejected: it is owed as stated
  outcome       text check (outcome in ('upheld', 'rejected', 'withdrawn')),
  decided_on    date check (decided_on >= disputed_on),
  decided_by    text,
  decision      text,
  check (num_nonnulls(outcome, decided_on, decided_by, decision) in (0, 4)),
  primary key (borrower_id, loan_no, instalment_no, disputed_on)
);
create unique index disputed_instalments_one_open
  on disputed_instalments (borrower_id, loan_no, instalment_no)
  where outcome is null;
