-- Caps per calendar day, whoever calls, or writes where a test counts that (`counted`; else calls): CN-F1
-- (conversations that we began, per person), CN-F2 (connected notice calls, per person), CN-F3 (dials of a
-- number that did not get through, unless more were agreed), US-F6 (the seventh call of a day warns). An
-- unknown outcome counts as the worst, an unknown number as the one that is dialled.
drop view if exists refused_calls_per_day cascade;
create view refused_calls_per_day as
select h.borrower_id, h.proposal_id, h.pack_version, h.rule_id,
       jsonb_build_object('counted', h.counted, 'calls_max', h.calls_max) as evidence,
       to_char(h.on_date + 1, 'YYYY-MM-DD') as next_allowed_at
  from (
    select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id, q.calls_max, q.on_date, q.at, q.known_at,
           q.channel, q.party, q.party_id, q.address, q.debts, q.consent_lifts, count(*) as calls,
           jsonb_agg(c.contact_id) as counted
      from rule_questions q
      join contacts c
        on c.borrower_id = q.borrower_id
       and c.at <= q.at
       and c.at > q.at - interval '2 days'
       and (c.at at time zone q.day_zone)::date = q.on_date
       and c.recorded_at <= q.known_at
       and c.contact_id is distinct from q.contact_id
       and c.channel = any (q.counted)
       and c.direction = 'out'
       -- what is written has no outcome
       and (q.outcomes is null or c.outcome is null or c.outcome_recorded_at > q.known_at
            or c.outcome = any (q.outcomes))
       and case q.count_key
             when 'person' then c.party = q.party and c.party_id = q.party_id
             else c.address = q.address or c.address = '' or q.address = ''
           end
     where q.check_kind = 'calls_per_day'
       -- speaking on the person's own call is no call of ours
       and q.answered_at is null
     group by q.borrower_id, q.proposal_id, q.pack_version, q.rule_id, q.calls_max, q.on_date, q.at,
     q.known_at,
              q.channel, q.party, q.party_id, q.address, q.debts, q.consent_lifts
    having count(*) >= q.calls_max) h
 where not (h.consent_lifts
            and exists (
              select from consents k
               where k.borrower_id = h.borrower_id
                 and (k.channel is null or k.channel = h.channel)
                 and k.at <= h.at
                 and k.recorded_at <= h.known_at
                 and (k.party, k.party_id) = (h.party, h.party_id)
                 and (k.address = '' or k.address = h.address)
                 and (k.debts is null or k.debts @> h.debts)
                 and (k.on_dates is null or h.on_date = any (k.on_dates))
                 and not exists (
                   select from consent_ends e
                    where e.borrower_id = k.borrower_id
                      and e.consent_id = k.consent_id
                      and e.revoked
                      and e.at <= h.at
                      and e.recorded_at <= h.known_at)));

-- Two calls within minutes may show an intent to annoy (US-F6, comment 14(b)(2)(i)-2): a warning, not a
-- block, and asked of no plan: what the last five minutes before it hold is not known yet.
drop view if exists refused_call_gap cascade;
create view refused_call_gap as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('called_at', max(c.at)) as evidence,
       next_minute(max(c.at) + make_interval(mins => q.minutes), q.day_zone) as next_allowed_at
  from rule_questions q
  join contacts c
    on c.borrower_id = q.borrower_id
   and c.at <= q.at
   and c.at > q.at - make_interval(mins => (
     select max(g.minutes) from rule_checks g where g.check_kind = 'call_gap'))
   and c.at > q.at - make_interval(mins => q.minutes)
   and c.recorded_at <= q.known_at
   and c.contact_id is distinct from q.contact_id
   and c.channel = any (q.counted)
   and c.direction = 'out'
   and c.party = q.party
   and c.party_id = q.party_id
 where q.check_kind = 'call_gap'
   and q.stage <> 'plan'
 group by q.borrower_id, q.proposal_id, q.pack_version, q.rule_id, q.minutes, q.day_zone;
