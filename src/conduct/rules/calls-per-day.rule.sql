-- Caps per calendar day, whoever calls: CN-F1 (conversations that we began, per person), CN-F2 (connected
-- notice calls, per person), CN-F3 (dials of a number that did not get through, unless more were agreed).
-- An unknown outcome counts as the worst, an unknown number as the one that is dialled.
drop view if exists refused_calls_per_day cascade;
create view refused_calls_per_day as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('counted', h.counted, 'calls_max', q.calls_max) as evidence,
       to_char(q.on_date + 1, 'YYYY-MM-DD') as next_allowed_at
  from rule_questions q
 cross join lateral (
   select count(*) as calls, jsonb_agg(c.contact_id order by c.at) as counted
     from contacts c
    where c.borrower_id = q.borrower_id
      and c.at <= q.at
      and c.at > q.at - interval '2 days'
      and (c.at at time zone q.day_zone)::date = q.on_date
      and c.recorded_at <= q.known_at
      and c.contact_id is distinct from q.contact_id
      and c.channel = 'call'
      and c.direction = 'out'
      and (c.outcome is null or c.outcome_recorded_at > q.known_at or c.outcome = any (q.outcomes))
      and case q.count_key
            when 'person' then c.party = q.party and c.party_id = q.party_id
            else c.address = q.address or c.address = '' or q.address = ''
          end) h
 where q.check_kind = 'calls_per_day'
   and h.calls >= q.calls_max
   -- speaking on the person's own call is no call of ours
   and q.answered_at is null
   and not (q.consent_lifts
            and exists (
              select from consents k
               where k.borrower_id = q.borrower_id
                 and (k.channel is null or k.channel = 'call')
                 and k.at <= q.at
                 and k.recorded_at <= q.known_at
                 and (k.party, k.party_id) = (q.party, q.party_id)
                 and (k.address = '' or k.address = q.address)
                 and (k.debts is null or k.debts @> q.debts)
                 and (k.on_dates is null or q.on_date = any (k.on_dates))
                 and not exists (
                   select from consent_ends e
                    where e.borrower_id = k.borrower_id
                      and e.consent_id = k.consent_id
                      and e.revoked
                      and e.at <= q.at
                      and e.recorded_at <= q.known_at)));

-- Two calls within minutes may show an intent to annoy (US-F6, comment 14(b)(2)(i)-2): a warning, not a
-- block.
drop view if exists refused_call_gap cascade;
create view refused_call_gap as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('called_at', g.at) as evidence,
       local_minute(g.at + make_interval(mins => q.minutes), q.day_zone) as next_allowed_at
  from rule_questions q
 cross join lateral (
   select max(c.at) as at
     from contacts c
    where c.borrower_id = q.borrower_id
      and c.at <= q.at
      and c.at > q.at - make_interval(mins => q.minutes)
      and c.recorded_at <= q.known_at
      and c.contact_id is distinct from q.contact_id
      and c.channel = 'call'
      and c.direction = 'out'
      and c.party = q.party
      and c.party_id = q.party_id) g
 where q.check_kind = 'call_gap'
   and g.at is not null;
