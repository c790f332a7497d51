-- The debts about which the person may not be called again yet, and the first free day for each: US-F1
-- (seven connected calls in seven days, 12 CFR 1006.14(b)(2)(i)(A)) and US-F2 (a week after a
-- conversation, its day being the first, (b)(2)(i)(B)). Per collector, person and debt; an unknown
-- outcome counts as the worst. Calls that were placed under a consent are not counted, not even later
-- (comment 14(b)(3)(i)-3).
drop view if exists busy_debts cascade;
create view busy_debts as
select *
  from (
    select q.borrower_id, q.proposal_id, q.at, q.known_at, q.party, q.party_id, q.address, q.placed_by,
           q.pack_version, q.rule_id, q.day_zone, q.on_date, q.days, q.debt, q.members,
           case when q.check_kind = 'calls_in_days' then
                  (array_agg(d.called_on order by d.called_on desc))[q.calls_max]
                else max(d.called_on) end + q.days as free_on,
           jsonb_agg(a.contact_id) as counted
      from debt_questions q
      join contacts a
        on a.borrower_id = q.borrower_id
       and a.at <= q.at
       -- wide enough for the longest of these rules in any zone, and the same for all, so that a person's
       -- calls are read once
       and a.at > q.at - make_interval(days => (
         select max(c.days) + 1
           from rule_checks c
          where c.check_kind in ('calls_in_days', 'quiet_after_conversation')))
       and a.recorded_at <= q.known_at
       and a.contact_id is distinct from q.contact_id
       and a.channel = 'call'
       and a.placed_by = q.placed_by
       and a.party = q.party
       and a.party_id = q.party_id
       and (a.outcome is null or a.outcome_recorded_at > q.known_at or a.outcome = any (q.outcomes))
     cross join lateral (select (a.at at time zone q.day_zone)::date as called_on) d
     where q.check_kind in ('calls_in_days', 'quiet_after_conversation')
       and q.answered_at is null
       and d.called_on > q.on_date - q.days
       and case when q.check_kind = 'calls_in_days' then
             a.direction = 'out'
             and (a.debts is null or a.debts && q.members)
             and not exists (
               select from consents k
                where k.borrower_id = q.borrower_id
                  and (k.channel is null or k.channel = 'call')
                  and k.at <= a.at
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
                       and (e.at < a.at or e.revoked and e.at <= a.at)))
           else coalesce(a.conversation_debts, a.debts) is null
             or coalesce(a.conversation_debts, a.debts) && q.members
           end
     group by q.borrower_id, q.proposal_id, q.at, q.known_at, q.party, q.party_id, q.address, q.placed_by,
              q.pack_version, q.rule_id, q.check_kind, q.calls_max, q.day_zone, q.on_date, q.days, q.debt,
              q.members) b
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
                  and (k.channel is null or k.channel = 'call')
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
