-- Times and places that the person called inconvenient: US-T3, US-T6, 12 CFR 1006.6(b)(1), (b)(3). Times
-- are read in every zone where the person may be. An answer to the person's own message is free when that
-- came inside the same blocked hours of the same day (comment 6(b)(1)-2.i), an answer on a call when the
-- person called from the place (-2.ii). An open portal session may show anything, after it has ended
-- nothing follows (-2.iii); a portal page has no hour otherwise. A letter has no hour either: only a
-- place that is inconvenient at all times binds it.

-- What the person said that bears on a proposal, whether or not it does so at that minute.
drop view if exists inconvenience_questions cascade;
create view inconvenience_questions as
select q.*, i.inconvenience_id, i.at as said_at, i.days as on_days, i.from_time, i.to_time, i.until_on,
       i.place as said_place
  from inconveniences i
  join rule_questions q
    on q.borrower_id = i.borrower_id
   and i.at <= q.at
   and i.recorded_at <= q.known_at
   and (i.party is null or (i.party, i.party_id) = (q.party, q.party_id))
   and (q.check_kind = 'inconvenient_time' and i.place is null
        or q.check_kind = 'inconvenient_place'
           and i.place = q.place
           and (q.places is null or i.place = any (q.places))
           and (q.not_places is null or i.place <> all (q.not_places))
           and (q.channel <> 'letter' or (i.days is null and i.from_time is null and i.to_time is null)));

drop view if exists refused_inconvenient cascade;
create view refused_inconvenient as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('inconvenience', q.inconvenience_id, 'said_at', q.said_at, 'place',
         q.said_place) as evidence,
       -- The first free minute is the end of a blocked stretch: its own end, midnight, the day after
       -- its last; or a clock is changed out of it.
       (select next_minute(min(m.at), q.day_zone)
          from inconvenience_questions k,
               unnest(k.read_zones) z,
               lateral (values ((q.at at time zone q.day_zone)::date), (nullif(k.until_on,
                 'infinity') + 1)) d (day)
         cross join lateral (
           select (d.day + n + e.edge) at time zone z - s.shift as at
             from generate_series(-1, 8) n,
                  (values (time '00:00'), (k.to_time)) e (edge),
                  (values (interval '0'), ('30 minutes'), ('1 hour')) s (shift)
           union all
           select clock_changes(z, (d.day - 1) at time zone 'UTC', (d.day + 9) at time zone 'UTC')) m
         where k.borrower_id = q.borrower_id
           and k.proposal_id = q.proposal_id
           and k.pack_version = q.pack_version
           and k.rule_id = q.rule_id
           and k.check_kind = q.check_kind
           and m.at >= q.at
           and not exists (
             select
               from inconvenience_questions y, unnest(y.read_zones) x
              where y.borrower_id = q.borrower_id
                and y.proposal_id = q.proposal_id
                and y.pack_version = q.pack_version
                and y.rule_id = q.rule_id
                and y.check_kind = q.check_kind
                and is_inconvenient(m.at at time zone x, y.on_days, y.from_time, y.to_time, y.until_on))
       ) as next_allowed_at
  from inconvenience_questions q
 where q.portal_state is distinct from 'open'
   and (q.channel <> 'portal' or q.portal_state = 'ended')
   and exists (
     select from unnest(case when q.read_zones = '{}' then array['UTC'] else q.read_zones end) z
      where is_inconvenient(q.at at time zone z, q.on_days, q.from_time, q.to_time, q.until_on)
        and not coalesce(
          case when q.check_kind = 'inconvenient_time' then
                 is_inconvenient(q.answered_at at time zone z, q.on_days, q.from_time, q.to_time, q.until_on)
                 and (q.answered_at at time zone q.day_zone)::date = q.on_date
               else
                 q.channel = 'call' and q.answered_at is not null
                 and not exists (
                   select from contacts c
                    where c.borrower_id = q.borrower_id
                      and c.channel = 'call'
                      and c.direction = 'in'
                      and c.at = q.answered_at
                      and c.place <> q.place)
          end, false));
