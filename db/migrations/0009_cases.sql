-- Our work on one borrower: open while a loan of the borrower is past due beyond the grace setting.

create table cases (
  borrower_id bigint not null,
  opened_on   date not null,
  closed_on   date check (closed_on >= opened_on),
  primary key (borrower_id, opened_on)
);
create index cases_open on cases (borrower_id) where closed_on is null;

-- Positions of loans past due, with the first day on which they are past due beyond the grace setting.
create view past_due_beyond_grace as
select p.borrower_id, p.loan_no, p.valid_from, p.valid_to,
       greatest(e.effective_from, p.oldest_due_on - e.day_origin + e.grace_days + 1) as beyond_grace_from
  from positions p
  join bucket_edges e on (e.lender, e.product) = (p.lender, p.product) and e.rank = 1
 where p.oldest_due_on is not null
   and p.status in ('active', 'charged_off')
   and p.valid_to > e.effective_from
   and p.oldest_due_on - e.day_origin + e.grace_days + 1 < e.effective_to;
