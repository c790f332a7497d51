-- Times that the person called inconvenient, in any zone where the person may be: US-T3, 12 CFR 1006.6(b)(1). An answer to
-- the person's own message is free when that came inside the same blocked hours of the same day (comment 6(b)(1)-2.i); an
-- open portal session may show anything, after it has ended nothing follows (-2.iii). A portal page has no hour otherwise.
drop view if exists refused_inconvenient_time cascade;
create view refused_inconvenient_time as
with blocked as (
  select q.*, o.state as portal_state, min(i.inconvenience_id::text) as inconvenience_id
    from rule_questions q
    left join standing_replies r
      on r.borrower_id = q.borrower_id and r.proposal_id = q.proposal_id and q.permits_reply
    left join open_portals o on o.borrower_id = q.borrower_id and o.proposal_id = q.proposal_id
    join inconveniences i
      on i.borrower_id = q.borrower_id
     and i.place is null
     and i.at <= q.at
     and i.recorded_at <= q.known_at
     and (i.party is null or (i.party, i.party_id) = (q.party, q.party_id))
   cross join lateral unnest(q.read_zones) z
   where q.check_kind = 'inconvenient_time'
     and o.state is distinct from 'open'
     and (q.channel <> 'portal' or o.state = 'ended')
     and is_inconvenient(q.at at time zone z, i.days, i.from_time, i.to_time, i.until_on)
     and (r.answered_at is null
          or not is_inconvenient(r.answered_at at time zone z, i.days, i.from_time, i.to_time, i.until_on)
          or (r.answered_at at time zone q.day_zone)::date <> q.on_date)
   group by q.borrower_id, q.proposal_id, q.at, q.known_at, q.zones, q.channel, q.debts, q.party, q.party_id,
            q.address, q.place, q.purpose, q.placed_by, q.staff_id, q.visitors, q.automated, q.one_way,
            q.contact_id, q.pack_version, q.rule_id, q.check_kind, q.own_zone, q.products, q.not_products,
            q.places, q.not_places, q.opens, q.closes, q.closing_in, q.calls_max, q.days, q.minutes, q.outcomes,
            q.count_key, q.consent_lifts, q.hold, q.variant, q.days_max, q.months_max, q.days_after_release,
            q.permits_reply, q.notice, q.visitors_min, q.years, q.years_longest, q.restarted_by, q.day_zone,
            q.on_date, q.read_zones, o.state
)
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('inconvenience', q.inconvenience_id) as evidence, null::text as next_allowed_at
  from blocked q;
