-- What is not known refuses (rules.md 1.9): a pack that does not exist or is only watched, a zone that
-- does not exist.
drop view if exists refused_unknown cascade;
create view refused_unknown as
select p.borrower_id, p.proposal_id, null::text as pack_version, 'HOUSE-0' as rule_id,
       jsonb_build_object('unknown_packs', p.pack_versions) as evidence, null::text as next_allowed_at
  from contact_proposals p
 where p.pack_versions = '{}'
    or not p.pack_versions <@ array(select k.pack_version from packs k where k.in_use)
union all
select p.borrower_id, p.proposal_id, null, 'HOUSE-T0', jsonb_build_object('zone', 'unknown'), null
  from contact_proposals p
 where p.zone_doubtful
union all
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id, jsonb_build_object('zone', 'unknown'), null
  from rule_questions q
 where q.check_kind = 'zone_known'
   and q.zones = '{}'
   and q.portal_state is distinct from 'open';

-- Nothing is threatened while the end of the limitation period is unknown.
drop view if exists refused_unknown_limitation cascade;
create view refused_unknown_limitation as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('debt', q.debt, 'limitation', 'unknown') as evidence,
       null::text as next_allowed_at
  from debt_questions q
 where q.check_kind = 'limitation_unknown'
   and q.limitation_from is null
   and q.limitation_ends_on is null
   and not exists (
     select from claim_parts c
      where c.borrower_id = q.borrower_id
        and c.debt = q.debt
        and c.at <= q.at
        and c.recorded_at <= q.known_at);
