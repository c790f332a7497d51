-- Times and places that the person called inconvenient: US-T3, US-T6, 12 CFR 1006.6(b)(1), (b)(3). Times are read in every
-- zone where the person may be. An answer to the person's own message is free when that came inside the same blocked
-- hours of the same day (comment 6(b)(1)-2.i), an answer on a call when the person called from the place (-2.ii). An open
-- portal session may show anything, after it has ended nothing follows (-2.iii); a portal page has no hour otherwise. A
-- letter has no hour either: only a place that is inconvenient at all times binds it.
drop view if exists refused_inconvenient cascade;
create view refused_inconvenient as
with asked as (
  select q.*, k.known, r.answered_at, r.answered_from
    from rule_questions q
   cross join lateral (
     select array_agg(i) as known
       from inconveniences i
      where i.borrower_id = q.borrower_id
        and i.at <= q.at
        and i.recorded_at <= q.known_at
        and (i.party is null or (i.party, i.party_id) = (q.party, q.party_id))
        and case when q.check_kind = 'inconvenient_time' then i.place is null
                 else i.place = q.place
                  and (q.places is null or i.place = any (q.places))
                  and (q.not_places is null or i.place <> all (q.not_places))
                  and (q.channel <> 'letter' or (i.days is null and i.from_time is null and i.to_time is null))
            end) k
    left join open_portals o on o.borrower_id = q.borrower_id and o.proposal_id = q.proposal_id
    left join standing_replies r
      on r.borrower_id = q.borrower_id and r.proposal_id = q.proposal_id and q.permits_reply
   where q.check_kind in ('inconvenient_time', 'inconvenient_place')
     and k.known is not null
     and o.state is distinct from 'open'
     and (q.channel <> 'portal' or o.state = 'ended')
)
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('inconvenience', b.inconvenience_id, 'said_at', b.at, 'place', b.place) as evidence,
       -- The first free minute is the end of a blocked stretch: its own end, midnight, or the day after its last.
       (select local_minute(min(m.at), q.day_zone)
          from unnest(q.read_zones) z,
               (select (q.at at time zone q.day_zone)::date as day
                union select i.until_on + 1 from unnest(q.known) i where i.until_on < 'infinity') d,
               generate_series(-1, 8) n,
               (select time '00:00' as edge union select i.to_time from unnest(q.known) i) e,
               (values (interval '0'), (interval '1 hour')) s (shift)
         cross join lateral (select (d.day + n + e.edge) at time zone z - s.shift as at) m
         where m.at >= q.at
           and not exists (
             select from unnest(q.known) i, unnest(q.read_zones) y
              where is_inconvenient(m.at at time zone y, i.days, i.from_time, i.to_time, i.until_on))
       ) as next_allowed_at
  from asked q
 cross join lateral (
   select i.inconvenience_id, i.at, i.place
     from unnest(q.known) i, unnest(case when q.read_zones = '{}' then array['UTC'] else q.read_zones end) z
    where is_inconvenient(q.at at time zone z, i.days, i.from_time, i.to_time, i.until_on)
      and not coalesce(
        case when q.check_kind = 'inconvenient_time' then
               is_inconvenient(q.answered_at at time zone z, i.days, i.from_time, i.to_time, i.until_on)
               and (q.answered_at at time zone q.day_zone)::date = q.on_date
             else
               q.channel = 'call' and q.answered_at is not null
               and coalesce(q.answered_from, q.place) = q.place
        end, false)
    limit 1) b;
