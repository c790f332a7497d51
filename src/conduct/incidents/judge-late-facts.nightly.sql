-- What the night learnt late (a death days ago, an address that was closed) shows contacts since then in
-- another light: each rule that one broke becomes an incident, once. Verdicts stay as they were given.
-- reads: holds, opt_outs, contacts, rules_broken   writes: contact_proposals, asked_contacts, incidents
-- when: exists (select from (select borrower_id, at, recorded_at, recorded_by from holds union all
-- when: select borrower_id, at, recorded_at, recorded_by from opt_outs) f
-- when: where recorded_at = :as_of::timestamptz and recorded_by = 'night' and at < recorded_at
-- when: and (exists (select from contact_attempts a where a.borrower_id = f.borrower_id and a.at >= f.at)
-- when: or exists (select from outside_contacts o where o.borrower_id = f.borrower_id and o.at >= f.at)))
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

insert into contact_proposals
select a.*
  from late_facts f
  join attempts_again a on a.borrower_id = f.borrower_id and a.at >= f.since;

insert into asked_contacts
select a.*
  from late_facts f
  join outside_again a on a.borrower_id = f.borrower_id and a.at >= f.since;

insert into contact_proposals select * from proposal_contexts;
delete from asked_contacts;

insert into incidents (borrower_id, contact_id, pack_version, rule_id, found_at, cause, evidence)
select borrower_id, contact_id, pack_version, rule_id, :as_of::timestamptz, cause, evidence
  from rules_broken
on conflict do nothing;

delete from contact_proposals where stage = 'afterwards';
drop table late_facts;
