-- What planned contacts look like, for the planner of check-planned: without it each rule would be asked
-- contact by contact. Two sessions cannot count a table at once, so this is done before the parts, with some
-- thousands of them (keys are digests: the first are like all), and nothing of it stays.
-- reads: planned_contacts   writes: asked_contacts, contact_proposals
-- when: exists (select from planned_contacts where cancelled_at is null)
insert into asked_contacts
select borrower_id, planned_id, at, 'plan', channel, debts, party, party_id, address,
       case when channel in ('letter', 'visit') then 'home' when channel = 'call' then 'mobile' end, purpose,
       placed_by, null, null, false, false, null, '', false, null
  from planned_contacts
 where cancelled_at is null
   and at >= :as_of::timestamptz
 order by borrower_id, planned_id
 limit 3000;
analyze asked_contacts;
insert into contact_proposals select * from proposal_contexts;
analyze contact_proposals;
delete from asked_contacts;
delete from contact_proposals where stage = 'plan';
