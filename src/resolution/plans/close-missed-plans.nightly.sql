-- Judges plans by the ledger: those with an instalment whose last day of cure has passed, and those that the
-- day's money touches. Everything paid since the agreement counts from the first instalment on, so a plan is
-- behind when what came up to a cure day is less than all that was due so far. Completed when all of it came;
-- a reversal opens or breaches it again. From the day on which a newer plan of the loan was agreed, money and
-- cure days are that one's: an older plan, touched by what moved before, was completed or breached by then,
-- or the newer one took its place; it is never opened again, so that one plan performs. The runner makes up
-- for missed nights day by day, so a cure day that was not looked at lies within the last month.
-- reads: plans, plan_instalments, payments (money_received)   writes: plans
-- in parts
with touched as (
  select p.borrower_id, p.loan_no, p.plan_no, i.cure_until, i.due_so_far_minor
    from plan_instalments i
    join plans p using (borrower_id, loan_no, plan_no)
   where i.cure_until between :as_of - 31 and :as_of - 1
     and p.agreed_on is not null and p.outcome is null
     and true /* part of p */
  union
  select p.borrower_id, p.loan_no, p.plan_no, i.cure_until, i.due_so_far_minor
    from (select distinct borrower_id, loan_no from money_received where loaded_as_of = :as_of) m
    join plans p using (borrower_id, loan_no)
    join plan_instalments i using (borrower_id, loan_no, plan_no)
   where p.agreed_on is not null
     and (p.outcome is null or p.outcome in ('completed', 'breached'))
     and true /* part of p */
), followed as (
  select n.borrower_id, n.loan_no, t.plan_no, min(n.agreed_on) as on_date
    from (select distinct borrower_id, loan_no, plan_no from touched) t
    join plans n
      on n.borrower_id = t.borrower_id
     and n.loan_no = t.loan_no
     and n.plan_no > t.plan_no
   where n.agreed_on is not null
   group by n.borrower_id, n.loan_no, t.plan_no
), received as (
  select t.borrower_id, t.loan_no, t.plan_no, t.cure_until, t.due_so_far_minor, f.on_date as followed_on,
         coalesce(sum(m.amount_minor) filter (where m.counted_on <= t.cure_until), 0) as in_time_minor,
         coalesce(sum(m.amount_minor), 0) as paid_minor
    from touched t
    join plans p using (borrower_id, loan_no, plan_no)
    left join followed f using (borrower_id, loan_no, plan_no)
    left join money_received m
      on m.borrower_id = t.borrower_id
     and m.loan_no = t.loan_no
     and m.counted_on between p.agreed_on and least(:as_of, f.on_date)
   group by t.borrower_id, t.loan_no, t.plan_no, t.cure_until, t.due_so_far_minor, f.on_date
), judged as (
  select p.borrower_id, p.loan_no, p.plan_no, greatest(max(r.paid_minor), 0)::bigint as paid_minor,
         case
           when max(r.paid_minor) >= p.total_minor then 'completed'
           when bool_or(r.cure_until < least(:as_of, r.followed_on)
                        and r.in_time_minor < r.due_so_far_minor) then 'breached'
           when max(r.followed_on) is not null then 'renegotiated'
         end as now_is
    from received r
    join plans p using (borrower_id, loan_no, plan_no)
   group by p.borrower_id, p.loan_no, p.plan_no
)
update plans p
   set outcome = j.now_is,
       ended_on = case when j.now_is is not null then :as_of end,
       paid_minor = j.paid_minor
  from judged j
 where p.borrower_id = j.borrower_id
   and p.loan_no = j.loan_no
   and p.plan_no = j.plan_no
   and (p.outcome, p.paid_minor) is distinct from (j.now_is, j.paid_minor);
