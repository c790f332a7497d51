-- The schedule, where the lender sends it.

create table instalments (
  borrower_id     bigint not null,
  loan_no         text not null,
  instalment_no   int not null,
  due_on          date not null,
  principal_minor bigint not null default 0,
  interest_minor  bigint not null default 0,
  fees_minor      bigint not null default 0,
  extra           jsonb,
  primary key (borrower_id, loan_no, instalment_no)
);
create index instalments_by_due_day on instalments (due_on);
