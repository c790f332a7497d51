-- Our work on one borrower: open while a loan of the borrower is past due beyond the grace setting.

create table cases (
  borrower_id bigint not null,
  opened_on   date not null,
  closed_on   date check (closed_on >= opened_on),
  primary key (borrower_id, opened_on)
);
create index cases_open on cases (borrower_id) where closed_on is null;
