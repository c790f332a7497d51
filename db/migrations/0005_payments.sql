-- Money in and money taken back, by the lender's number; amounts are positive, the kind says which way.

create table payments (
  borrower_id   bigint not null,
  payment_no    text not null,
  lender        text not null,
  loan_no       text not null,
  paid_on       date not null,
  amount_minor  bigint not null check (amount_minor > 0),
  currency      text not null,
  kind          text not null check (kind in ('payment', 'reversal')),
  reverses      text,
  method        text,
  reference     text,
  -- the day for which the file came: a payment may come later than it was made
  loaded_as_of  date not null,
  extra         jsonb,
  primary key (borrower_id, payment_no)
);
create index payments_by_loan on payments (borrower_id, loan_no, paid_on);
create index payments_by_day on payments (paid_on);
create index payments_by_number on payments (payment_no);
-- One payment is taken back once, whoever asks.
create unique index payments_taken_back on payments (borrower_id, reverses) where kind = 'reversal';
