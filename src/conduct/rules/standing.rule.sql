-- An agency works only with licence and secrecy agreement in date, evaluated within the year, and not barred (CN-A2, CN-A5,
-- TW-A1, TW-A5). What it has not shown, it has not. A placement names the agency in placed_by.
drop view if exists refused_agency_standing cascade;
create view refused_agency_standing as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object(
         'agency', q.placed_by, 'licensed_until', s.licensed_until, 'secrecy_until', s.secrecy_until,
         'evaluated_on', s.evaluated_on, 'barred', s.barred_reason) as evidence,
       null::text as next_allowed_at
  from rule_questions q
  left join lateral (
    select a.licensed_until, a.secrecy_until, a.evaluated_on, a.barred_reason
      from agency_standings a
     where a.agency = split_part(q.placed_by, ':', 2)
       and a.recorded_at <= least(q.known_at, q.at)
     order by a.recorded_at desc
     limit 1) s on true
 where q.check_kind = 'agency_in_good_standing'
   and not coalesce(
     q.on_date <= s.licensed_until
     and q.on_date <= s.secrecy_until
     and q.on_date <= s.evaluated_on + interval '12 months'
     and s.barred_reason is null, false);
