-- The validation information of a debt: the day of the newest notice of it that did not come back, and
-- whether one did.
drop view if exists validation_questions cascade;
create view validation_questions as
select q.*, g.given_on, g.came_back
  from debt_questions q
 cross join lateral (
   select max(m.given_on) filter (where not m.came_back) as given_on,
          coalesce(bool_or(m.came_back), false) as came_back
     from (
       select (n.at at time zone q.day_zone)::date as given_on,
              exists (
                select from notices_returned v
                 where v.borrower_id = n.borrower_id
                   and (v.kind is null or v.kind = n.kind)
                   and (v.debts is null or q.debt = any (v.debts))
                   and (v.at, v.ordinal) >= (n.at, n.ordinal)
                   and v.at <= q.at
                   and v.recorded_at <= q.known_at) as came_back
         from notices_given n
        where n.borrower_id = q.borrower_id
          and n.kind = 'validation'
          and (n.debts is null or q.debt = any (n.debts))
          and n.at <= q.at
          and n.recorded_at <= q.known_at) m) g
 where q.check_kind in ('validation_runs', 'validation_given', 'validation_arrived');

-- The validation period of a debt: from the newest validation notice that did not come back (one sent again
-- starts it again, comment 34(b)(5)-2) to days after its receipt, which is taken to be receipt_days later,
-- Saturdays, Sundays and federal holidays not counted (12 CFR 1006.34(b)(5)). US-V3 tells it with whatever is
-- said meanwhile, which may not overshadow the right to dispute (12 CFR 1006.38(b)(1)); no threat of suit
-- goes out before its end (HOUSE-N1).
drop view if exists validation_periods cascade;
create view validation_periods as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id, q.debt, q.on_date, q.given_on,
       r.received_on, r.received_on + q.days as ends_on
  from validation_questions q
 cross join lateral (
   select max(w.day) as received_on
     from (
       select q.given_on + n as day
         from generate_series(1, q.receipt_days * 2 + 7) n
        where extract(isodow from q.given_on + n) < 6
          and not exists (
            select from rest_days k
             where k.pack = 'us-federal' and k.day = q.given_on + n and not k.is_worked)
        order by n
        limit q.receipt_days) w) r
 where q.check_kind = 'validation_runs'
   and q.given_on is not null;

drop view if exists refused_in_validation cascade;
create view refused_in_validation as
select borrower_id, proposal_id, pack_version, rule_id,
       jsonb_build_object(
         'debt', debt, 'given_on', given_on, 'received_on', received_on, 'ends_on', ends_on) as evidence,
       to_char(ends_on + 1, 'YYYY-MM-DD') as next_allowed_at
  from validation_periods
 where on_date <= ends_on;

-- Validation information goes out in, or within days of, the first communication of each collector (US-V1,
-- 12 CFR 1006.34(a)(1)), and so that it is likely to arrive: one that came back did not (US-V5, 1006.42).
-- What is missing is told with whatever is said after, until it is given. A call that nobody took, and a
-- voicemail, of which nobody knows what it said, are no communication. Of a plan it is not asked: until then
-- the notice may be given.
drop view if exists refused_unvalidated cascade;
create view refused_unvalidated as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('debt', q.debt, 'first_on', f.first_on, 'due_on', f.first_on + q.days) as evidence,
       null::text as next_allowed_at
  from validation_questions q
 cross join lateral (
   select min((c.at at time zone q.day_zone)::date) as first_on
     from contacts c
    where c.borrower_id = q.borrower_id
      and (c.party, c.party_id, c.placed_by) = (q.party, q.party_id, q.placed_by)
      and (coalesce(c.conversation_debts, c.debts) is null
           or q.debt = any (coalesce(c.conversation_debts, c.debts)))
      and (c.outcome = 'conversation' and c.outcome_recorded_at <= q.known_at
           or c.direction = 'out' and c.channel in ('sms', 'email', 'letter', 'message'))
      and c.at <= q.at
      and c.recorded_at <= q.known_at
      and c.contact_id is distinct from q.contact_id) f
 where q.check_kind = 'validation_given'
   and q.stage <> 'plan'
   and q.given_on is null
   and q.on_date > f.first_on + q.days
union all
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('debt', q.debt, 'returned', true), null
  from validation_questions q
 where q.check_kind = 'validation_arrived'
   and q.stage <> 'plan'
   and q.given_on is null
   and q.came_back;
