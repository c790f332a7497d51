-- Holds bind per debt from the moment of receipt until released (rules.md 1.6): CN-L3, CN-S8, TW-H1, US-T7, US-T8, US-D3,
-- US-V4, US-X1, UK-4 and the house's own. Some end by themselves: a plan after months_max (CN-L3), breathing space after
-- days_max, its crisis variant days_after_release days after the release (UK-4). One answer to a message of the person's
-- own is free where the rule says so (US-T7, comment 6(b)(2)-1), and so is what an open portal session shows.
drop view if exists refused_held cascade;
create view refused_held as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('debt', q.debt, 'hold', q.hold, 'since', h.at, 'hold_id', h.hold_id) as evidence,
       null::text as next_allowed_at
  from debt_questions q
  left join open_portals o
    on o.borrower_id = q.borrower_id and o.proposal_id = q.proposal_id and q.channel = 'portal'
  left join standing_replies r
    on r.borrower_id = q.borrower_id and r.proposal_id = q.proposal_id and q.permits_reply
 cross join lateral (
   select h.hold_id, h.at, (h.at at time zone q.day_zone)::date as since_on,
          (select min(e.at)
             from hold_releases e
            where e.borrower_id = h.borrower_id
              and e.kind = h.kind
              and (e.debts is null or q.debt = any (e.debts))
              and (e.at, e.ordinal) >= (h.at, h.ordinal)
              and e.at <= q.at
              and e.recorded_at <= q.known_at) as released_at
     from holds h
    where h.borrower_id = q.borrower_id
      and h.kind = q.hold
      and (q.variant is null or h.variant = q.variant)
      and (h.debts is null or q.debt = any (h.debts))
      and h.at <= q.at
      and h.recorded_at <= q.known_at
   union all
   -- a debt that came to us with the name of an attorney
   select null, '-infinity', '-infinity', null
    where q.hold = 'attorney'
      and q.represented) h
 where q.check_kind = 'held'
   and case when h.released_at is null then
             (q.days_max is null or q.on_date <= h.since_on + q.days_max)
             and (q.months_max is null or q.on_date <= h.since_on + make_interval(months => q.months_max))
            else
             q.on_date <= (h.released_at at time zone q.day_zone)::date + q.days_after_release
       end
   and (r.answered_at is null or r.answered_at < h.at)
   and o.state is distinct from 'open';
