-- A day of grace is a day of the count: one on which the count stands still uses up none.
create or replace view past_due_beyond_grace as
select p.borrower_id, p.loan_no, p.valid_from, least(p.valid_to, s.settled_on) as valid_to,
       greatest(e.effective_from,
                day_of_count(p.oldest_due_on, e.day_origin, p.paused, e.grace_days + 1)) as beyond_grace_from,
       p.ends_by
  from positions p
  join bucket_edges e on (e.lender, e.product) = (p.lender, p.product) and e.rank = 1
  left join (
    select borrower_id, loan_no, min(ended_on) as settled_on
      from settlements
     where outcome = 'completed'
     group by borrower_id, loan_no
  ) s on (s.borrower_id, s.loan_no) = (p.borrower_id, p.loan_no)
 where p.oldest_due_on is not null
   and p.status in ('active', 'charged_off')
   and p.valid_to > e.effective_from
   and day_of_count(p.oldest_due_on, e.day_origin, p.paused, e.grace_days + 1) < e.effective_to
   and (s.settled_on is null or p.valid_from < s.settled_on);
