-- What a settlement lets the borrower off is posted when it is completed, and taken back when its money
-- bounces: the difference between what should stand for it and what stands. A tape of the day was drawn
-- without it, so the movement is of the day after: a tape has all that is dated to its own day.
-- reads: settlements, loans, tapes, tape_confirmations, movements, movement_kinds   writes: movements,
-- entries
with told as materialized (
  select lender from tapes where as_of = :as_of
), wanted as (
  select s.borrower_id, s.loan_no, s.settlement_no, s.currency,
         case when s.outcome = 'completed' then s.forgiven_minor else 0 end
           - coalesce(sum(case m.kind when 'settlement' then m.amount_minor else -m.amount_minor end), 0)
           as minor
    from settlements s
    left join movements m
      on m.borrower_id = s.borrower_id
     and m.loan_no = s.loan_no
     and m.kind in ('settlement', 'settlement_undone')
     and split_part(m.movement_no, ':', 2) = s.settlement_no::text
   where s.judged_on = :as_of
     and true /* part of s */
   group by s.borrower_id, s.loan_no, s.settlement_no
), posted as (
  insert into movements
    (borrower_id, loan_no, movement_no, kind, on_date, entered_on, currency, amount_minor, actor)
  select w.borrower_id, w.loan_no,
         'settlement:' || w.settlement_no || ':' || (
           select count(*)
             from movements m
            where m.borrower_id = w.borrower_id and m.loan_no = w.loan_no
              and m.movement_no like 'settlement:' || w.settlement_no || ':%'),
         case when w.minor > 0 then 'settlement' else 'settlement_undone' end,
         case when l.lender in (select lender from told)
                or l.position_from = :as_of
                or exists (
                  select from tape_confirmations c
                   where c.borrower_id = l.borrower_id and c.loan_no = l.loan_no and c.as_of = :as_of)
              then :as_of + 1 else :as_of end, :as_of, w.currency, abs(w.minor), 'night'
    from wanted w
    join loans l using (borrower_id, loan_no)
   where w.minor <> 0
  returning borrower_id, loan_no, movement_no, kind, amount_minor
)
insert into entries (borrower_id, loan_no, movement_no, account, amount_minor)
select p.borrower_id, p.loan_no, p.movement_no, side.account, side.amount_minor
  from posted p
  join movement_kinds k on k.kind = p.kind
 cross join lateral (values (k.debit, p.amount_minor), (k.credit, -p.amount_minor))
   as side (account, amount_minor);
