-- Whether a test is about such a contact. Asked once for all contacts of one kind (proposal_contexts), or of
-- each where a contact was put before the rules as it stands.
drop view if exists rule_questions cascade;
drop view if exists no_check cascade;
drop function if exists is_asked;
create function is_asked(
  c rule_checks, law_on date, pack_versions text[], channel text, party text, purpose text, placed_by text,
  one_way boolean
) returns boolean
  language sql immutable parallel safe
  return c.pack_version = any (pack_versions)
         and law_on between c.effective_from and c.effective_to
         and (c.channels is null or channel = any (c.channels))
         and (c.not_channels is null or channel <> all (c.not_channels))
         -- a hold may be of whoever is asked about: refused_held reads whose it is
         and (c.parties is null or party = any (c.parties) or c.check_kind = 'held' and party <> 'debtor')
         and (c.not_parties is null or party <> all (c.not_parties)
              or c.check_kind = 'held' and party <> 'debtor')
         and (c.purposes is null or purpose = any (c.purposes))
         and (c.not_purposes is null or purpose <> all (c.not_purposes))
         and (c.placed_by_kind is null or split_part(placed_by, ':', 1) = c.placed_by_kind)
         and (c.one_way is null or one_way = c.one_way);

-- The numbers of tests as bits, none of them set.
create view no_check as
select repeat('0', max(check_no) + 1)::varbit as asks from rule_checks;

-- What is asked of each rule: a proposal and a test of a rule that is about such a contact. on_date is
-- the calendar day of the proposal in the person's first zone (rules.md 1.3), read_zones are all zones in
-- which hours are read (1.4).
create view rule_questions as
select p.borrower_id, p.proposal_id, p.at, p.known_at, p.zones, p.channel, p.debts, p.party, p.party_id,
       p.address, p.place, p.purpose, p.placed_by, p.staff_id, p.stage, p.visitors, p.automated, p.one_way,
       p.contact_id, p.template, p.free_text, p.claim_parts, p.as_read,
       c.pack_version, c.rule_id, c.check_kind, c.own_zone, c.parties, c.not_parties, c.products,
       c.not_products, c.places, c.not_places,
       c.opens, c.closes, c.closing_in, c.calls_max, c.days, c.minutes, c.outcomes, c.count_key,
       coalesce(c.counted, '{call}') as counted, c.consent_lifts, c.receipt_days,
       c.hold, c.variant, c.days_max, c.months_max, c.days_after_release, c.permits_reply, c.notice,
       c.visitors_min, c.years, c.years_longest, c.restarted_by, c.claim_part,
       coalesce(p.zones[1], c.own_zone, 'UTC') as day_zone,
       (p.at at time zone coalesce(p.zones[1], c.own_zone, 'UTC'))::date as on_date,
       case when p.zones <> '{}' then p.zones
            when c.own_zone is not null then array[c.own_zone]
            else '{}' end as read_zones,
       (l.answers).at as answered_at, (l.answers).ordinal as answered_ordinal, s.portal_state
  from contact_proposals p
  join rule_checks c
    on case when p.asks is null then
              is_asked(
                c, p.law_on, p.pack_versions, p.channel, p.party, p.purpose, p.placed_by, p.one_way)::int
            else get_bit(p.asks, c.check_no) end = 1
  -- What the person did that may free a contact, one row each: an aggregate, so that the planner leaves it
  -- out of every rule that does not ask. A reply that answers something: the last contact in that medium is
  -- the person's own (US, Reply). By call it is speaking on the person's own call, so it is of the same day.
  left join lateral (
    select (array_agg(
             case when x.direction = 'in'
                   and (p.channel <> 'call'
                        or (x.at at time zone coalesce(p.zones[1], c.own_zone, 'UTC'))::date
                         = (p.at at time zone coalesce(p.zones[1], c.own_zone, 'UTC'))::date)
                  then x end
             order by x.at desc, x.ordinal desc))[1] as answers
      from contacts x
     where p.purpose = 'reply'
       and (c.permits_reply or 'reply' = any (c.purposes))
       and x.borrower_id = p.borrower_id
       and x.channel = p.channel
       and x.party = p.party
       and x.party_id = p.party_id
       and x.at <= p.at
       and x.recorded_at <= p.known_at
       and x.contact_id is distinct from p.contact_id) l on true
  -- whether the person has the portal open; a session that nobody ended is over after a time (HOUSE-M2)
  left join lateral (
    select (array_agg(
             case when x.at > p.at - make_interval(mins => (
                    select min(m.minutes) from rule_checks m where m.check_kind = 'portal_session'))
                  then x.state else 'ended' end
             order by x.at desc, x.ordinal desc))[1] as portal_state
      from portal_sessions x
     where p.channel in ('message', 'portal')
       and x.borrower_id = p.borrower_id
       and x.at <= p.at
       and x.recorded_at <= p.known_at) s on true;

-- The same for each debt that the contact is about. members: the debts that count as one with it (US-F5:
-- student loans serviced under one number).
drop view if exists debt_questions cascade;
create view debt_questions as
select q.*, d.debt,
       coalesce(t.product, nullif(case when q.as_read is null then l.product
                                       else q.as_read -> 'products' ->> d.debt end, '')) as product,
       coalesce(t.represented, false) as represented, t.limitation_from,
       t.limitation_ends_on,
       case when t.product = 'student_loan' and t.account is not null then
         array(
           select m.debt
             from debt_traits m
            where m.borrower_id = q.borrower_id
              and m.product = 'student_loan'
              and m.account = t.account
              and m.recorded_at <= q.known_at
              and (m.superseded_at is null or m.superseded_at > q.known_at))
       else array[d.debt] end as members
  from rule_questions q
 cross join lateral unnest(q.debts) d (debt)
  left join debt_traits t
    on t.borrower_id = q.borrower_id
   and t.debt = d.debt
   and t.recorded_at <= q.known_at
   and (t.superseded_at is null or t.superseded_at > q.known_at)
  left join loans l on l.borrower_id = q.borrower_id and l.loan_no = d.debt;
