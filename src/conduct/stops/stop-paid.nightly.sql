-- A payment stops what was planned about its loan before it was known: whoever paid is not called about it.
-- The same payment stops once; the listeners are told when the step commits.
-- reads: payments   writes: stops, planned_contacts, stop_notices
with made as (
  insert into stops (borrower_id, cause, cause_no, debts, at, stopped_by)
  select p.borrower_id, 'payment', p.payment_no, array[p.loan_no], :as_of::timestamptz, 'night'
    from payments p
   where p.kind = 'payment'
     and p.loaded_as_of = :as_of
     and exists (
       select from planned_contacts c
        where c.borrower_id = p.borrower_id
          and c.cancelled_at is null
          and c.planned_at <= :as_of::timestamptz + interval '1 day'
          and p.loan_no = any (c.debts))
  on conflict (borrower_id, cause, cause_no) do nothing
  returning borrower_id, stop_id, debts,
    pg_notify('stops', json_build_object(
      'borrower_id', borrower_id::text, 'stop_id', stop_id, 'cause', cause)::text)::text as told
), cancelled as (
  update planned_contacts c
     set cancelled_at = :as_of::timestamptz, cancelled_by = m.stop_id
    from made m
   where c.borrower_id = m.borrower_id
     and c.debts && m.debts
     and c.cancelled_at is null
  returning c.borrower_id, c.cancelled_by, c.worked_by
)
insert into stop_notices (borrower_id, stop_id, worked_by)
select distinct borrower_id, cancelled_by, worked_by from cancelled;
