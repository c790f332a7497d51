-- A case ends when no loan of the borrower is past due beyond the grace setting.
-- reads: past_due_beyond_grace (positions, settings)   writes: cases, events
with closed as (
  update cases c
     set closed_on = :as_of
   where c.closed_on is null
     and c.opened_on <= :as_of
     and not exists (
       select from past_due_beyond_grace p
        where p.borrower_id = c.borrower_id
          and p.valid_from <= :as_of and p.valid_to > :as_of
          and p.beyond_grace_from <= :as_of)
  returning c.borrower_id, c.opened_on
)
insert into events (borrower_id, event_id, as_of, kind, detail)
select borrower_id, md5('case_closed' || borrower_id || :as_of)::uuid, :as_of, 'case_closed',
       jsonb_build_object('opened_on', opened_on)
  from closed
on conflict do nothing;
