-- Offers that nobody took expire the day after their last.
-- Those accepted are judged by the ledger: completed when the sum came in time (or the prompt sum by its
-- day), broken when its last day has passed without. Money that came today may complete one, its reversal
-- opens or breaks it again; the loan is settled exactly as long as the ledger says so.
-- reads: settlements, payments (money_received)   writes: settlements
update settlements
   set outcome = 'expired', ended_on = :as_of, judged_on = :as_of
 where outcome is null and accepted_on is null and expires_on < :as_of;

with touched as (
  select s.borrower_id, s.loan_no, s.settlement_no
    from settlements s
   where s.outcome is null and s.accepted_on is not null and s.pay_by < :as_of
     and true /* part of s */
  union
  select s.borrower_id, s.loan_no, s.settlement_no
    from (select distinct borrower_id, loan_no from money_received where loaded_as_of = :as_of) m
    join settlements s using (borrower_id, loan_no)
   where s.accepted_on is not null and (s.outcome is null or s.outcome in ('completed', 'broken'))
     and true /* part of s */
), received as (
  select s.borrower_id, s.loan_no, s.settlement_no,
         coalesce(sum(m.amount_minor), 0) as paid_minor,
         coalesce(sum(m.amount_minor) filter (where m.counted_on <= s.prompt_by), 0) as prompt_paid_minor
    from touched t
    join settlements s using (borrower_id, loan_no, settlement_no)
    left join money_received m
      on m.borrower_id = s.borrower_id
     and m.loan_no = s.loan_no
     and m.counted_on between s.accepted_on and s.pay_by
   group by s.borrower_id, s.loan_no, s.settlement_no
), judged as (
  select s.borrower_id, s.loan_no, s.settlement_no, greatest(r.paid_minor, 0)::bigint as paid_minor,
         case
           when r.paid_minor >= s.offer_minor or r.prompt_paid_minor >= s.prompt_minor then 'completed'
           when s.pay_by < :as_of then 'broken'
         end as now_is
    from received r
    join settlements s using (borrower_id, loan_no, settlement_no)
)
update settlements s
   set outcome = j.now_is,
       ended_on = case when j.now_is is not null then :as_of end,
       judged_on = :as_of,
       paid_minor = j.paid_minor,
       forgiven_minor = case when j.now_is = 'completed'
                             then greatest(s.balance_minor - j.paid_minor, 0) else 0 end
  from judged j
 where s.borrower_id = j.borrower_id
   and s.loan_no = j.loan_no
   and s.settlement_no = j.settlement_no
   and (s.outcome, s.paid_minor) is distinct from (j.now_is, j.paid_minor)
   -- a newer offer took its place: it is not opened again
   and not (j.now_is is null and exists (
     select from settlements n
      where n.borrower_id = s.borrower_id and n.loan_no = s.loan_no and n.settlement_no > s.settlement_no
        and n.outcome is null));
