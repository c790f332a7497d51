-- A part of a debt that the borrower contests, so much of it: a fee, or a sum of a loan without instalments.
create table disputed_parts (
  borrower_id  bigint not null,
  loan_no      text not null,
  part         text not null check (part in ('fee', 'penalty', 'interest', 'principal')),
  amount_minor bigint not null check (amount_minor > 0),
  disputed_on  date not null,
  reason       text not null,
  recorded_by  text not null,
  outcome      text check (outcome in ('upheld', 'rejected', 'withdrawn')),
  decided_on   date check (decided_on >= disputed_on),
  decided_by   text,
  decision     text,
  check (num_nonnulls(outcome, decided_on, decided_by, decision) in (0, 4)),
  primary key (borrower_id, loan_no, part, disputed_on)
);
create unique index disputed_parts_one_open on disputed_parts (borrower_id, loan_no, part)
  where outcome is null;
