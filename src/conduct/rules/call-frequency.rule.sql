-- The calls that these rules may count, of each proposal's caller with its person, read once for all of them:
-- as far back as the longest rule looks, in any zone. Most people were not called so often, nor talked with:
-- of those nothing more is asked.
drop view if exists recent_calls cascade;
create view recent_calls as
select p.borrower_id, p.proposal_id, r.calls, r.number, r.outcomes
  from contact_proposals p
 cross join lateral (
   select max(k.days) + 1 as days, min(k.calls_max) as calls_min,
          array_agg(o) filter (where k.check_kind = 'quiet_after_conversation') as talks,
          array_agg(n) as counted
     from rule_checks k
     left join lateral unnest(k.outcomes) o on true
    cross join lateral unnest(coalesce(k.counted, '{call}')) n
    where k.pack_version = any (p.pack_versions)
      and p.channel = any (coalesce(k.channels, '{call}'))
      and k.check_kind in ('calls_in_days', 'quiet_after_conversation')) m
 cross join lateral (
   select array_agg(c) as calls, count(*) as number,
          -- empty: not known yet
          array_agg(case when c.outcome_recorded_at <= p.known_at then c.outcome else '' end) as outcomes
     from contacts c
    where c.borrower_id = p.borrower_id
      and c.at <= p.at
      and c.at > p.at - make_interval(days => m.days)
      and c.recorded_at <= p.known_at
      and c.contact_id is distinct from p.contact_id
      and c.channel = any (m.counted)
      and c.placed_by = p.placed_by
      and c.party = p.party
      and c.party_id = p.party_id) r
 where m.days is not null
   and (r.number >= m.calls_min or r.outcomes && (m.talks || '{""}'));

-- The debts about which the person may not be called again yet, and the first free day for each: US-F1
-- (seven connected calls in seven days, 12 CFR 1006.14(b)(2)(i)(A)) and US-F2 (a week after a
-- conversation, its day being the first, (b)(2)(i)(B)). Per collector, person and debt; an unknown
-- outcome counts as the worst. Calls that were placed under a consent are not counted, not even later
-- (comment 14(b)(3)(i)-3).
drop view if exists busy_debts cascade;
create view busy_debts as
select *
  from (
    select r.borrower_id, r.proposal_id, q.at, q.known_at, q.channel, q.party, q.party_id, q.address,
           q.placed_by, q.pack_version, q.rule_id, q.day_zone, q.on_date, q.days, q.debt, q.members,
           case when q.check_kind = 'calls_in_days' then
                  (array_agg(d.called_on order by d.called_on desc))[q.calls_max]
                else max(d.called_on) end + q.days as free_on,
           jsonb_agg(a.contact_id) as counted
      from recent_calls r
     -- an aggregate, so that nothing is asked of those who were called less
     cross join lateral (
       select array_agg(x) as asked
         from debt_questions x
        where x.borrower_id = r.borrower_id
          and x.proposal_id = r.proposal_id
          and x.check_kind in ('calls_in_days', 'quiet_after_conversation')
          and x.answered_at is null) w
     cross join lateral unnest(w.asked) q
     cross join lateral unnest(r.calls) a
     cross join lateral (select (a.at at time zone q.day_zone)::date as called_on) d
     where r.number >= coalesce(q.calls_max, 1)
       and a.channel = any (q.counted)
       and (q.outcomes is null or r.outcomes && (q.outcomes || '{""}'))
       and (q.outcomes is null or a.outcome is null or a.outcome_recorded_at > q.known_at
            or a.outcome = any (q.outcomes))
       and d.called_on > q.on_date - q.days
       and case when q.check_kind = 'calls_in_days' then
             a.direction = 'out'
             and (a.debts is null or a.debts && q.members)
             and not exists (
               select from consents k
                where k.borrower_id = q.borrower_id
                  and (k.channel is null or k.channel = a.channel)
                  and (k.at, k.ordinal) <= (a.at, a.ordinal)
                  and k.recorded_at <= q.known_at
                  and (k.party, k.party_id, k.given_to) = (q.party, q.party_id, q.placed_by)
                  and (k.address = '' or k.address = a.address)
                  and (k.debts is null or k.debts && q.members)
                  and d.called_on < (k.at at time zone q.day_zone)::date + q.days
                  and (k.on_dates is null or d.called_on = any (k.on_dates))
                  and not exists (
                    select from consent_ends e
                     where e.borrower_id = k.borrower_id
                       and e.consent_id = k.consent_id
                       and e.recorded_at <= q.known_at
                       and (e.debts is null or e.debts && q.members)
                       and ((e.at, e.ordinal) < (a.at, a.ordinal)
                            or e.revoked and (e.at, e.ordinal) = (a.at, a.ordinal))))
           else coalesce(a.conversation_debts, a.debts) is null
             or coalesce(a.conversation_debts, a.debts) && q.members
           end
     group by r.borrower_id, r.proposal_id, q.at, q.known_at, q.channel, q.party, q.party_id, q.address,
              q.placed_by, q.pack_version, q.rule_id, q.check_kind, q.calls_max, q.day_zone, q.on_date,
              q.days, q.debt, q.members) b
 where b.free_on > b.on_date;

-- A day is free when every busy debt is free again or a consent that still lives covers it: a consent
-- lasts at most as many days as the rule counts, the day it is given being the first, and only the dates
-- that it names.
drop view if exists refused_call_frequency cascade;
create view refused_call_frequency as
select d.borrower_id, d.proposal_id, d.pack_version, d.rule_id,
       jsonb_build_object('counted', min(d.counted::text)::jsonb, 'busy',
         min(d.debts::text)::jsonb) as evidence,
       to_char(min(d.day) filter (where d.free), 'YYYY-MM-DD') as next_allowed_at
  from (
    select b.borrower_id, b.proposal_id, b.pack_version, b.rule_id, b.on_date, b.on_date + n as day,
           jsonb_agg(b.counted) as counted, jsonb_agg(b.debt) as debts,
           bool_and(
             b.free_on <= b.on_date + n
             or exists (
               select from consents k
                where k.borrower_id = b.borrower_id
                  and (k.channel is null or k.channel = b.channel)
                  and k.at <= b.at
                  and k.recorded_at <= b.known_at
                  and (k.party, k.party_id, k.given_to) = (b.party, b.party_id, b.placed_by)
                  and (k.address = '' or k.address = b.address)
                  and (k.debts is null or k.debts && b.members)
                  and b.on_date + n < (k.at at time zone b.day_zone)::date + b.days
                  and (k.on_dates is null or b.on_date + n = any (k.on_dates))
                  and not exists (
                    select from consent_ends e
                     where e.borrower_id = k.borrower_id
                       and e.consent_id = k.consent_id
                       and e.at <= b.at
                       and e.recorded_at <= b.known_at
                       and (e.debts is null or e.debts && b.members)))) as free
      from busy_debts b
     cross join lateral generate_series(0, b.days) n
     group by b.borrower_id, b.proposal_id, b.pack_version, b.rule_id, b.on_date, n) d
 group by d.borrower_id, d.proposal_id, d.pack_version, d.rule_id
having not bool_or(d.free and d.day = d.on_date);
