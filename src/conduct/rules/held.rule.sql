-- Holds bind per debt from the moment of receipt until released (rules.md 1.6): CN-L3, CN-S8, TW-H1,
-- US-T7, US-T8, US-D3, US-V4, US-X1, UK-4 and the house's own. Some end by themselves: a plan after
-- months_max (CN-L3), breathing space after days_max, its crisis variant days_after_release days after
-- the release (UK-4). One answer to a message of the person's own is free where the rule says so (US-T7,
-- comment 6(b)(2)-1), and so is what an open portal session shows. To the house a reply that answers nothing
-- is collecting. The borrower's own hold binds towards whom the rule says; one of a co-borrower, guarantor or
-- anybody else binds contact with that person alone, who owes, or is asked, like the borrower (rules.md 1.8).
-- Somebody who is not named may be the one.
drop view if exists refused_held cascade;
create view refused_held as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('debt', q.debt, 'hold', h.kind, 'since', h.at, 'hold_id', h.hold_id) as evidence,
       null::text as next_allowed_at
  from holds h
  join debt_questions q
    on q.borrower_id = h.borrower_id
   -- a dispute about a part binds as one about the whole, but who asks for nothing of that part (US-V4)
   and q.hold = case h.kind when 'disputed_part' then 'dispute' else h.kind end
   and (h.kind <> 'disputed_part' or q.claim_parts is null
        or not q.claim_parts <@ case h.variant when 'fees' then '{undisputed}'::text[]
                                else '{undisputed,fees}' end)
   and (q.variant is null or h.variant = q.variant)
   and case when h.party = 'debtor' then
             (q.parties is null or q.party = any (q.parties))
             and (q.not_parties is null or q.party <> all (q.not_parties))
            else h.party = q.party and (h.party_id in (q.party_id, '') or q.party_id = '')
       end
   -- of a debt whose product is unknown the narrower rule holds
   and (q.products is null or q.product is null or q.product = any (q.products))
   and (q.not_products is null or q.product <> all (q.not_products))
   and (h.debts is null or q.debt = any (h.debts))
   and h.at <= q.at
   and h.recorded_at <= q.known_at
 cross join lateral (
   select min(e.at) as released_at
     from hold_releases e
    where e.borrower_id = h.borrower_id
      and e.kind = h.kind
      and (e.party, e.party_id) = (h.party, h.party_id)
      and (e.debts is null or q.debt = any (e.debts))
      and (e.at, e.ordinal) >= (h.at, h.ordinal)
      and e.at <= q.at
      and e.recorded_at <= q.known_at) e
 cross join lateral (select (h.at at time zone q.day_zone)::date as since_on) d
 where q.check_kind = 'held'
   and case when e.released_at is null then
             (q.days_max is null or q.on_date <= d.since_on + q.days_max)
             and (q.months_max is null or q.on_date <= d.since_on + make_interval(months => q.months_max))
            else
             q.on_date <= (e.released_at at time zone q.day_zone)::date + q.days_after_release
       end
   and (q.answered_at is null
        or q.permits_reply and (q.answered_at, q.answered_ordinal) <= (h.at, h.ordinal))
   and q.portal_state is distinct from 'open'
union all
-- A debt that came to us with the name of an attorney.
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('debt', t.debt, 'represented', true), null
  from debt_traits t
  join rule_questions q
    on q.borrower_id = t.borrower_id
   and t.debt = any (q.debts)
   and t.recorded_at <= q.known_at
   and (t.superseded_at is null or t.superseded_at > q.known_at)
 where q.check_kind = 'held'
   and q.hold = 'attorney'
   and t.represented
   and (q.parties is null or q.party = any (q.parties))
   and (q.not_parties is null or q.party <> all (q.not_parties))
   and q.answered_at is null
   and q.portal_state is distinct from 'open';
