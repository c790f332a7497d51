-- Borrowers with an open case and a loan for which somebody may ask: the past-due money of each, and the loan
-- that matters most. Only what is different is written.
-- reads: cases, loans_to_work, borrowers, delinquencies, bucket_edges, paused_days   writes: work_today
-- in parts

-- Loan and borrower always go together; the planner takes them for independent and would loop where it must
-- hash.
set local enable_nestloop = off;
set local enable_mergejoin = off;

create temp table found on commit drop as
select distinct on (w.borrower_id)
       w.borrower_id, w.lender, w.product, w.loan_no, w.currency, d.bucket as rolls_from,
       nullif(day_of_count(w.oldest_due_on, e.day_origin, p.paused, e.to_days + 1),
              date 'infinity') as rolls_on,
       b.time_zones as zones,
       -- of all loans to work, as the case shows it: the one that matters most need not be the oldest
       min(w.oldest_due_on) over (partition by w.borrower_id) as oldest_due_on,
       first_value(d.bucket)
         over (partition by w.borrower_id order by w.oldest_due_on, w.loan_no) as bucket,
       sum(w.past_due_minor) over (partition by w.borrower_id, w.currency)::bigint as past_due_minor
  from loans_to_work w
  join borrowers b using (borrower_id)
  join cases c
    on c.borrower_id = w.borrower_id
   and c.closed_on is null
  join delinquencies d
    on d.borrower_id = w.borrower_id
   and d.loan_no = w.loan_no
   and d.valid_to is null
  left join bucket_edges e
    on (e.lender, e.product, e.bucket) = (w.lender, w.product, d.bucket)
   and e.effective_from <= :as_of
   and e.effective_to > :as_of
  left join paused_days p
    on p.borrower_id = w.borrower_id
   and p.loan_no = w.loan_no
 where true
   and true /* part of w */
   and true /* part of b */
   and true /* part of c */
   and true /* part of d */
 order by w.borrower_id, w.past_due_minor desc, w.loan_no;

-- It is joined by borrower only; to count its other columns would take four times as long.
analyze found (borrower_id);

delete from work_today t
 where not exists (select from found f where f.borrower_id = t.borrower_id)
   and true /* part of t */;

insert into work_today as t
  (borrower_id, lender, product, loan_no, currency, rolls_from, rolls_on, zones, oldest_due_on, bucket,
   past_due_minor)
select * from found
on conflict (borrower_id) do update
   set lender = excluded.lender, product = excluded.product, loan_no = excluded.loan_no,
       currency = excluded.currency, rolls_from = excluded.rolls_from, rolls_on = excluded.rolls_on,
       zones = excluded.zones, oldest_due_on = excluded.oldest_due_on, bucket = excluded.bucket,
       past_due_minor = excluded.past_due_minor
 where t is distinct from excluded;

drop table found;

set local enable_nestloop = on;
set local enable_mergejoin = on;

-- The next step plans by how many there are.
analyze work_today (borrower_id, lender, product, zones);
