-- The rules that contacts judged afterwards turn out to have broken: each contact, rule and pack version
-- once.
drop view if exists rules_broken cascade;
create view rules_broken as
select f.borrower_id, p.contact_id, coalesce(f.pack_version, '') as pack_version, f.rule_id,
       case when a.attempt_id is null then 'outside_contact' else 'late_fact' end as cause,
       jsonb_agg(f.evidence) as evidence
  from refusals f
  join contact_proposals p on p.borrower_id = f.borrower_id and p.proposal_id = f.proposal_id
  left join contact_attempts a on a.borrower_id = p.borrower_id and a.attempt_id = p.contact_id
 where f.blocks
   and p.stage = 'afterwards'
 group by f.borrower_id, p.contact_id, f.pack_version, f.rule_id, a.attempt_id;
