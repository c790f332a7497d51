-- A hold that the night learnt of (a death in the borrower file, a plan that performs, a difference of
-- balances) stops the work as one recorded at the desk does: what is planned about its debts is cancelled,
-- whoever had work is listed, and the listeners are told when the night's step commits. The same hold stops
-- once.
-- reads: holds, planned_contacts   writes: stops, planned_contacts, stop_notices
with made as (
  insert into stops (borrower_id, cause, cause_no, debts, at, stopped_by)
  select h.borrower_id, h.kind, h.hold_id::text, h.debts, :as_of::timestamptz, 'night'
    from holds h
   where h.recorded_at = :as_of::timestamptz
     and h.recorded_by = 'night'
  on conflict (borrower_id, cause, cause_no) do nothing
  returning borrower_id, stop_id, debts,
    pg_notify('stops', json_build_object(
      'borrower_id', borrower_id::text, 'stop_id', stop_id, 'cause', cause)::text)::text as told
), cancelled as (
  update planned_contacts c
     set cancelled_at = :as_of::timestamptz, cancelled_by = m.stop_id
    from made m
   where c.borrower_id = m.borrower_id
     and (m.debts is null or c.debts && m.debts)
     and c.cancelled_at is null
  returning c.borrower_id, c.cancelled_by, c.worked_by
)
insert into stop_notices (borrower_id, stop_id, worked_by)
select distinct borrower_id, cancelled_by, worked_by from cancelled
on conflict do nothing;
