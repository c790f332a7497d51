-- What must have been said before: CN-A8, CN-B3, TW-N1, TW-A8, TW-B9 (a notice, for every debt of the
-- contact; one that came back is as if not given, rules.md 1.7), US-B1 (a talk, or a notice and a quiet
-- wait, before a bureau hears of it). Of a debt whose product is unknown the notice is asked for.
drop view if exists refused_without_notice cascade;
create view refused_without_notice as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('debt', q.debt, 'missing_notice', q.notice) as evidence,
         null::text as next_allowed_at
  from debt_questions q
 where q.check_kind = 'notice_given'
   and (q.products is null or q.product is null or q.product = any (q.products))
   and not exists (
     select from notices_given n
      where n.borrower_id = q.borrower_id
        and n.kind = q.notice
        and (n.debts is null or q.debt = any (n.debts))
        and n.at <= q.at
        and n.recorded_at <= q.known_at
        and not exists (
          select from notices_returned v
           where v.borrower_id = n.borrower_id
             and (v.kind is null or v.kind = n.kind)
             and (v.debts is null or q.debt = any (v.debts))
             and (v.at, v.ordinal) >= (n.at, n.ordinal)
             and v.at <= q.at
             and v.recorded_at <= q.known_at));

-- 12 CFR 1006.30(a)(1): a conversation about this debt, or a letter, e-mail or notice about it that was
-- not returned within the wait. The wait is over on the day of sending + days; what comes back later does
-- no harm.
drop view if exists refused_bureau_report cascade;
create view refused_bureau_report as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('debt', q.debt, 'sent_on', w.sent_on) as evidence,
       to_char(w.sent_on + q.days, 'YYYY-MM-DD') as next_allowed_at
  from debt_questions q
 cross join lateral (
   select min(s.sent_on) as sent_on
     from (
       select (n.at at time zone q.day_zone)::date as sent_on, n.at, n.ordinal, n.kind
         from notices_given n
        where n.borrower_id = q.borrower_id
          and (n.debts is null or q.debt = any (n.debts))
          and n.at <= q.at
          and n.recorded_at <= q.known_at
       union all
       select (c.at at time zone q.day_zone)::date, c.at, c.ordinal, c.channel
         from contacts c
        where c.borrower_id = q.borrower_id
          and c.channel in ('letter', 'email')
          and c.direction = 'out'
          and c.party = q.party
          and c.party_id = q.party_id
          and (c.debts is null or q.debt = any (c.debts))
          and c.at <= q.at
          and c.recorded_at <= q.known_at) s
    where not exists (
      select from notices_returned v
       where v.borrower_id = q.borrower_id
         and (v.kind is null or v.kind = s.kind)
         and (v.debts is null or q.debt = any (v.debts))
         and (v.at, v.ordinal) >= (s.at, s.ordinal)
         and (v.at at time zone q.day_zone)::date < s.sent_on + q.days
         and v.at <= q.at
         and v.recorded_at <= q.known_at)) w
 where q.check_kind = 'talk_or_wait'
   and (w.sent_on is null or q.on_date < w.sent_on + q.days)
   and not exists (
     select from contacts c
      where c.borrower_id = q.borrower_id
        and c.channel = 'call'
        and c.outcome = 'conversation'
        and c.outcome_recorded_at <= q.known_at
        and c.party = q.party
        and c.party_id = q.party_id
        and (coalesce(c.conversation_debts, c.debts) is null
             or q.debt = any (coalesce(c.conversation_debts, c.debts)))
        and c.at <= q.at
        and c.recorded_at <= q.known_at);

-- The last day on which each part of a claim can still be sued for. The first day is not counted (Civil Code
-- 201). An act in time starts the period again (CN-S2, CN-S3), one that comes late revives nothing (CN-S4),
-- and the long stop ends it all the same (CN-S1). Parts that were recorded apart have periods of their own
-- (TW-S1: principal 15 years, interest and instalments 5).
drop view if exists limitation_ends cascade;
create view limitation_ends as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id, q.debt, k.part, q.on_date, e.ended_on
  from debt_questions q
 cross join lateral (
   select 'whole' as part, q.limitation_from as from_on, q.limitation_ends_on as ends_on
    where q.claim_part is null
   union all
   select n.part, n.limitation_from, n.limitation_ends_on
     from (
       select distinct on (c.part) c.part, c.limitation_from, c.limitation_ends_on
         from claim_parts c
        where c.borrower_id = q.borrower_id
          and c.debt = q.debt
          and c.at <= q.at
          and c.recorded_at <= q.known_at
        order by c.part, c.at desc, c.ordinal desc) n
    where (q.claim_part is null or n.part = q.claim_part)
      and (q.claim_parts is null or q.claim_parts && array[n.part, 'undisputed'] or n.part = 'whole')) k
 cross join lateral (
   select coalesce(k.ends_on, (k.from_on + make_interval(years => q.years))::date) as last_on
 ) b
 cross join lateral (
   select least(
            greatest(b.last_on,
                     (max(a.on_date) filter (where a.in_time) + make_interval(years => q.years))::date),
            (k.from_on + make_interval(years => q.years_longest))::date) as ended_on
     from (
       select x.on_date, bool_and(x.on_date <= x.open_until) over (order by x.on_date) as in_time
         from (
           select n.on_date,
                  greatest(
                    b.last_on,
                    (lag(n.on_date) over (order by n.on_date) + make_interval(years => q.years))::date
                  ) as open_until
             from (
               select distinct (g.at at time zone q.day_zone)::date as on_date
                 from notices_given g
                where g.borrower_id = q.borrower_id
                  and g.kind = any (q.restarted_by)
                  and (g.debts is null or q.debt = any (g.debts))
                  and g.at <= q.at
                  and g.recorded_at <= q.known_at
                  and not exists (
                    select from notices_returned v
                     where v.borrower_id = g.borrower_id
                       and (v.kind is null or v.kind = g.kind)
                       and (v.debts is null or q.debt = any (v.debts))
                       and (v.at, v.ordinal) >= (g.at, g.ordinal)
                       and v.at <= q.at
                       and v.recorded_at <= q.known_at)) n
            where k.from_on is null or n.on_date >= k.from_on) x) a) e
 where q.check_kind = 'limitation_over'
   and e.ended_on is not null;

-- No threat of suit after the last day of the limitation period: CN-S4, US-S1, UK-6, TW-S1.
drop view if exists refused_time_barred cascade;
create view refused_time_barred as
select borrower_id, proposal_id, pack_version, rule_id,
       jsonb_build_object('debt', debt, 'part', part, 'ended_on', ended_on) as evidence,
       null::text as next_allowed_at
  from limitation_ends
 where on_date > ended_on;
