-- Offers that nobody took expire the day after their last.
-- Those accepted are judged by the ledger: completed when the sum came in time (or the prompt sum by its
-- day), broken when its last day has passed without. Money that came today may complete one, its reversal
-- opens or breaks it again; the loan is settled exactly as long as the ledger says so.
-- Money counts from the offer on: the offer was held against the balance of its day, and whoever pays before
-- the word is written down has taken it. Money since a newer offer is for that one.
-- reads: settlements, money_received, money_moved, loans, tapes, untold_loans   writes: settlements
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
    from settlements s
   where s.outcome is null and s.accepted_on = :as_of
     and true /* part of s */
  union
  select s.borrower_id, s.loan_no, s.settlement_no
    from (select distinct borrower_id, loan_no from money_received where loaded_as_of = :as_of) m
    join settlements s using (borrower_id, loan_no)
   where s.accepted_on is not null and (s.outcome is null or s.outcome in ('completed', 'broken'))
     and true /* part of s */
), received as (
  select s.borrower_id, s.loan_no, s.settlement_no, n.settlement_no is not null as is_replaced,
         coalesce(sum(m.amount_minor), 0) - s.paid_before_minor
           + case when n.offered_on <= s.pay_by then n.paid_before_minor else 0 end as paid_minor,
         coalesce(sum(m.amount_minor) filter (where m.counted_on <= s.prompt_by), 0) - s.paid_before_minor
           + case when n.offered_on <= s.prompt_by then n.paid_before_minor else 0 end as prompt_paid_minor
    from touched t
    join settlements s using (borrower_id, loan_no, settlement_no)
    left join settlements n
      on n.borrower_id = s.borrower_id and n.loan_no = s.loan_no and n.settlement_no = s.settlement_no + 1
    left join money_received m
      on m.borrower_id = s.borrower_id
     and m.loan_no = s.loan_no
     and m.counted_on between s.offered_on and least(s.pay_by, n.offered_on - 1)
   group by s.borrower_id, s.loan_no, s.settlement_no, n.borrower_id, n.loan_no, n.settlement_no
), judged as (
  select s.borrower_id, s.loan_no, s.settlement_no, greatest(r.paid_minor, 0)::bigint as paid_minor,
         case
           when r.paid_minor >= s.offer_minor or r.prompt_paid_minor >= s.prompt_minor then 'completed'
           -- an offer that a newer one followed is not opened again
           when s.pay_by < :as_of or r.is_replaced then 'broken'
         end as now_is
    from received r
    join settlements s using (borrower_id, loan_no, settlement_no)
), owed as (
  -- What completes it ends the matter: what is owed on that day is let off, whatever moved since the offer.
  select j.borrower_id, j.loan_no, j.settlement_no, j.paid_minor + l.outstanding_minor + coalesce((
           select sum(m.change_minor)
             from money_moved m
            where m.borrower_id = l.borrower_id and m.loan_no = l.loan_no and m.on_date > l.tape_on), 0)
           as minor
    from judged j
    join settlements s using (borrower_id, loan_no, settlement_no)
    join (select n.*, greatest(
                   n.position_from,
                   (select max(t.as_of)
                      from tapes t
                     where t.lender = n.lender and t.as_of <= :as_of
                       and not exists (
                         select from untold_loans u
                          where u.borrower_id = n.borrower_id and u.loan_no = n.loan_no
                            and u.as_of = t.as_of)),
                   (select max(c.as_of)
                      from tape_confirmations c
                     where c.borrower_id = n.borrower_id and c.loan_no = n.loan_no and c.as_of <= :as_of))
                   as tape_on
            from loans n) l
      on l.borrower_id = j.borrower_id and l.loan_no = j.loan_no
   where j.now_is = 'completed' and s.outcome is distinct from 'completed'
)
update settlements s
   set outcome = j.now_is,
       ended_on = case when j.now_is is not null then :as_of end,
       judged_on = :as_of,
       paid_minor = j.paid_minor,
       owed_minor = case when j.now_is = 'completed' then coalesce(o.minor, s.owed_minor) end,
       forgiven_minor = case when j.now_is = 'completed'
                             then greatest(coalesce(o.minor, s.owed_minor) - j.paid_minor, 0) else 0 end
  from judged j
  left join owed o using (borrower_id, loan_no, settlement_no)
 where s.borrower_id = j.borrower_id
   and s.loan_no = j.loan_no
   and s.settlement_no = j.settlement_no
   and (s.outcome, s.paid_minor) is distinct from (j.now_is, j.paid_minor);
