-- The validation period of a debt: from the newest validation notice that did not come back (one sent again
-- starts it again, comment 34(b)(5)-2) to days after its receipt, which is taken to be receipt_days later,
-- Saturdays, Sundays and federal holidays not counted (12 CFR 1006.34(b)(5)). US-V3 tells it with whatever is
-- said meanwhile, which may not overshadow the right to dispute (12 CFR 1006.38(b)(1)); no threat of suit
-- goes out before its end (HOUSE-N1).
drop view if exists validation_periods cascade;
create view validation_periods as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id, q.debt, q.on_date, g.given_on, r.received_on,
       r.received_on + q.days as ends_on
  from debt_questions q
 cross join lateral (
   select max((n.at at time zone q.day_zone)::date) as given_on
     from notices_given n
    where n.borrower_id = q.borrower_id
      and n.kind = 'validation'
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
           and v.recorded_at <= q.known_at)) g
 cross join lateral (
   select max(w.day) as received_on
     from (
       select g.given_on + n as day
         from generate_series(1, q.receipt_days * 2 + 7) n
        where extract(isodow from g.given_on + n) < 6
          and not exists (
            select from rest_days k
             where k.pack = 'us-federal' and k.day = g.given_on + n and not k.is_worked)
        order by n
        limit q.receipt_days) w) r
 where q.check_kind = 'validation_runs'
   and g.given_on is not null;

drop view if exists refused_in_validation cascade;
create view refused_in_validation as
select borrower_id, proposal_id, pack_version, rule_id,
       jsonb_build_object(
         'debt', debt, 'given_on', given_on, 'received_on', received_on, 'ends_on', ends_on) as evidence,
       to_char(ends_on + 1, 'YYYY-MM-DD') as next_allowed_at
  from validation_periods
 where on_date <= ends_on;
