-- An agency works only with licence and secrecy agreement in date, evaluated within the year, and not
-- barred (CN-A2, CN-A5, TW-A1, TW-A5). What it has not shown, it has not. A placement names the agency in
-- placed_by.
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
       and coalesce(a.at, a.recorded_at) <= q.at
       and a.recorded_at <= q.known_at
     order by coalesce(a.at, a.recorded_at) desc, a.recorded_at desc
     limit 1) s on true
 where q.check_kind = 'agency_in_good_standing'
   and not coalesce(
     q.on_date <= s.licensed_until
     and q.on_date <= s.secrecy_until
     and q.on_date <= s.evaluated_on + interval '12 months'
     and s.barred_reason is null, false);

-- Nobody contacts a person without a certificate in force, renewed every year (CN-A3, TW-A2). A machine
-- has none; who will do a planned contact is asked when it is done.
drop view if exists refused_uncertified cascade;
create view refused_uncertified as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('staff_id', q.staff_id) as evidence, null::text as next_allowed_at
  from rule_questions q
 where q.check_kind = 'staff_certified'
   and q.stage = 'dispatch'
   and not q.automated
   and not exists (
     select from training_certificates t
      where t.staff_id = q.staff_id
        and t.recorded_at <= q.known_at
        and t.passed_on <= q.on_date
        and t.passed_on >= q.on_date - q.days
        and t.lapses_on > q.on_date);
