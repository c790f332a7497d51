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
       i.place as said_place,
       -- all that bears on the same question: the first free minute is free of each
       array_agg((i.days, i.from_time, i.to_time, i.until_on)::inconvenient_time) over (
         partition by q.borrower_id, q.proposal_id, q.pack_version, q.rule_id, q.check_kind) as times
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
       next_convenient_minute(q.at, q.read_zones, q.day_zone, q.times) as next_allowed_at
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
