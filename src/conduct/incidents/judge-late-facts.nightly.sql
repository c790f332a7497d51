-- What the night learnt late (a death days ago, an address that was closed), and what an agency showed late,
-- shows contacts since then in another light: each rule that one broke becomes an incident, once. Verdicts
-- stay as they were given.
-- reads: holds, opt_outs, contacts, rules_broken   writes: contact_proposals, asked_contacts, incidents,
-- agency_standings
-- when: exists (select from (select borrower_id, at, recorded_at, recorded_by from holds union all
-- when: select borrower_id, at, recorded_at, recorded_by from opt_outs) f
-- when: where recorded_at = :as_of::timestamptz and recorded_by = 'night' and at < recorded_at
-- when: and (exists (select from contact_attempts a where a.borrower_id = f.borrower_id and a.at >= f.at)
-- when: or exists (select from outside_contacts o where o.borrower_id = f.borrower_id and o.at >= f.at)))
-- when: or exists (select from agency_standings where at < recorded_at and judged_at is null)
create temporary table late_facts on commit drop as
select borrower_id, min(at) as since
  from (
    select borrower_id, at, recorded_at, recorded_by from holds
    union all
    select borrower_id, at, recorded_at, recorded_by from opt_outs) f
 where recorded_at = :as_of::timestamptz
   and recorded_by = 'night'
   and at < recorded_at
 group by borrower_id;

insert into late_facts
select c.borrower_id, min(c.at)
  from agency_standings s
  join contacts c on c.placed_by = 'agency:' || s.agency and c.at >= s.at
 where s.at < s.recorded_at
   and s.judged_at is null
   and not exists (select from late_facts f where f.borrower_id = c.borrower_id and f.since <= c.at)
 group by c.borrower_id;

update agency_standings set judged_at = :as_of::timestamptz where at < recorded_at and judged_at is null;

insert into contact_proposals
select a.*
  from (select borrower_id, min(since) as since from late_facts group by borrower_id) f
  join attempts_again a on a.borrower_id = f.borrower_id and a.at >= f.since;

insert into asked_contacts
select a.*
  from (select borrower_id, min(since) as since from late_facts group by borrower_id) f
  join outside_again a on a.borrower_id = f.borrower_id and a.at >= f.since;

insert into contact_proposals select * from proposal_contexts;
delete from asked_contacts;

insert into incidents (borrower_id, contact_id, pack_version, rule_id, found_at, cause, evidence)
select borrower_id, contact_id, pack_version, rule_id, :as_of::timestamptz, cause, evidence
  from rules_broken
on conflict do nothing;

delete from contact_proposals where stage = 'afterwards';
drop table late_facts;
