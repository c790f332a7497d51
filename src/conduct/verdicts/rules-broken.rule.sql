-- The contacts that are judged afterwards, and why they are.
drop view if exists judged_contacts cascade;
create view judged_contacts as
select p.borrower_id, p.proposal_id, p.contact_id,
       case when a.attempt_id is null then 'outside_contact' else 'late_fact' end as cause
  from contact_proposals p
  left join contact_attempts a on a.borrower_id = p.borrower_id and a.attempt_id = p.contact_id
 where p.stage = 'afterwards';

-- The rules that they turn out to have broken: each contact, rule and pack version once.
drop view if exists rules_broken cascade;
create view rules_broken as
select f.borrower_id, j.contact_id, coalesce(f.pack_version, '') as pack_version, f.rule_id, j.cause,
       jsonb_agg(f.evidence) as evidence
  from refusals f
  join judged_contacts j on j.borrower_id = f.borrower_id and j.proposal_id = f.proposal_id
 where f.blocks
 group by f.borrower_id, j.contact_id, f.pack_version, f.rule_id, j.cause;

-- The same for one borrower, by the plans that are kept for the questions about one: every call that ends is
-- judged, and planning the views anew takes a third of a second.
create function rules_broken_by(borrower bigint) returns setof rules_broken
  language plpgsql stable
as $$
begin
  return query
  select f.borrower_id, j.contact_id, coalesce(f.pack_version, ''), f.rule_id, j.cause, jsonb_agg(f.evidence)
    from answers_about(borrower) f
    join judged_contacts j on j.borrower_id = f.borrower_id and j.proposal_id = f.proposal_id
   where f.blocks
   group by f.borrower_id, j.contact_id, f.pack_version, f.rule_id, j.cause;
end $$;
