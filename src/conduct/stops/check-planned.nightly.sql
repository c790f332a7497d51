-- Everything that is planned is put before the rules at once, for the moment at which it shall happen. A rule
-- that would refuse it is told with the plan and from when it would allow; the plan stays, for the gate asks
-- again when it is done. What was told the night before is replaced; of what is past it stays as it was told
-- last. How many and of how few kinds they are, count-planned has told the planner.
-- reads: planned_contacts, refusals   writes: asked_contacts, contact_proposals, planned_refusals
-- when: exists (select from planned_contacts where cancelled_at is null)
-- in parts
insert into asked_contacts
select borrower_id, planned_id, at, 'plan', channel, debts, party, party_id, address,
       case when channel in ('letter', 'visit') then 'home' when channel = 'call' then 'mobile' end, purpose,
       placed_by, null, null, false, false, null, '', false, null
  from planned_contacts c
 where cancelled_at is null
   and at >= :as_of::timestamptz
   and true /* part of c */
 order by borrower_id, planned_id;

insert into contact_proposals select * from proposal_contexts;
delete from asked_contacts;

delete from planned_refusals r
 using planned_contacts c
 where c.borrower_id = r.borrower_id
   and c.planned_id = r.planned_id
   and c.cancelled_at is null
   and c.at >= :as_of::timestamptz
   and true /* part of c */;

insert into planned_refusals (borrower_id, planned_id, rule_id, pack_version, checked_on, source, evidence,
                              next_allowed_at)
select borrower_id, proposal_id, rule_id, coalesce(pack_version, ''), :as_of, min(source),
       jsonb_agg(evidence), max(next_allowed_at)
  from (
    select * from refusals_often
    union all
    select * from refusals_seldom where exists (select from asked_seldom)) r
 where blocks
 group by borrower_id, proposal_id, rule_id, pack_version;

delete from contact_proposals where stage = 'plan';
