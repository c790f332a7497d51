-- A case ends when no loan of the borrower is past due beyond the grace setting.
-- reads: past_due_beyond_grace (positions, bucket_edges, settlements)   writes: cases, events
-- in parts
create temp table beyond_grace on commit drop as
select distinct borrower_id
  from past_due_beyond_grace
 where valid_from <= :as_of and valid_to > :as_of and ends_by > :as_of
   and beyond_grace_from <= :as_of
   and true /* part of past_due_beyond_grace */;

analyze beyond_grace;

with closed as (
  update cases c
     set closed_on = :as_of
   where c.closed_on is null
     and c.opened_on <= :as_of
     and true /* part of c */
     and not exists (select from beyond_grace b where b.borrower_id = c.borrower_id)
  returning c.borrower_id, c.opened_on
)
insert into events (borrower_id, event_id, as_of, kind, detail)
select borrower_id, md5('case_closed' || borrower_id || :as_of)::uuid, :as_of, 'case_closed',
       jsonb_build_object('opened_on', opened_on)
  from closed
on conflict do nothing;

drop table beyond_grace;
