-- A case opens when the borrower's first loan is past due beyond the grace setting. A case that ended this
-- very day (a corrected file) goes on as if it had not.
-- reads: past_due_beyond_grace (positions, bucket_edges, settlements)   writes: cases, events
-- in parts
create temp table beyond_grace on commit drop as
select distinct borrower_id
  from past_due_beyond_grace
 where valid_from <= :as_of and valid_to > :as_of and ends_by > :as_of
   and beyond_grace_from <= :as_of
   and true /* part of past_due_beyond_grace */;

analyze beyond_grace;

with reopened as (
  update cases c
     set closed_on = null
    from beyond_grace b
   where b.borrower_id = c.borrower_id
     and c.closed_on = :as_of
     and not exists (select from cases o where o.borrower_id = b.borrower_id and o.closed_on is null)
  returning c.borrower_id, c.opened_on
)
insert into events (borrower_id, event_id, as_of, kind, detail)
select borrower_id, md5('case_opened' || borrower_id || :as_of)::uuid, :as_of, 'case_opened',
       jsonb_build_object('opened_on', opened_on)
  from reopened
on conflict do nothing;

-- A case that is new today has no event yet: nothing can be in its way.
with opened as (
  insert into cases (borrower_id, opened_on)
  select b.borrower_id, :as_of
    from beyond_grace b
   where not exists (select from cases c where c.borrower_id = b.borrower_id and c.closed_on is null)
   order by b.borrower_id
  returning borrower_id, opened_on
)
insert into events (borrower_id, event_id, as_of, kind, detail)
select borrower_id, md5('case_opened' || borrower_id || :as_of)::uuid, :as_of, 'case_opened',
       jsonb_build_object('opened_on', opened_on)
  from opened;

drop table beyond_grace;
