-- A case opens when the borrower's first loan is past due beyond the grace setting. A case that ended this
-- very day (a corrected file) goes on as if it had not.
-- reads: past_due_beyond_grace (positions, settings)   writes: cases, events
with opened as (
  insert into cases (borrower_id, opened_on)
  select distinct p.borrower_id, coalesce(today.opened_on, :as_of)
    from past_due_beyond_grace p
    left join cases today on today.borrower_id = p.borrower_id and today.closed_on = :as_of
   where p.valid_from <= :as_of and p.valid_to > :as_of
     and p.beyond_grace_from <= :as_of
     and not exists (select from cases c where c.borrower_id = p.borrower_id and c.closed_on is null)
  on conflict (borrower_id, opened_on) do update set closed_on = null
  returning borrower_id, opened_on
)
insert into events (borrower_id, event_id, as_of, kind, detail)
select borrower_id, md5('case_opened' || borrower_id || :as_of)::uuid, :as_of, 'case_opened',
       jsonb_build_object('opened_on', opened_on)
  from opened
on conflict do nothing;
