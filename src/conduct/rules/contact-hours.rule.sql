-- Hours: CN-T1, TW-T1, US-T1, IN-1, IN-2. The opening minute is in, the closing minute out (Taiwan:
-- 22:00:00 is in). Read in every zone where the person may be; the last agreed window adds its hours
-- (rules.md 1.4, 1.5).
drop view if exists refused_contact_hours cascade;
create view refused_contact_hours as
with outside as (
  select q.*
    from rule_questions q
   -- an aggregate, so that it is worked out once for all who are where the hour is the same
   cross join lateral (
     select not bool_and(is_within((q.at at time zone z)::time, q.opens, q.closes)
                         or q.closing_in and (q.at at time zone z)::time = q.closes) as is_so
       from unnest(q.read_zones) z) o
   where q.check_kind = 'contact_hours'
     and o.is_so
     -- other hours for microfinance (IN-2): those bind when any debt is of it, the usual ones when any
     -- debt is not
     and ((q.products is null and q.not_products is null)
          or exists (
            select
              from unnest(q.debts) d
              left join debt_traits t
                on t.borrower_id = q.borrower_id
               and t.debt = d
               and t.recorded_at <= q.known_at
               and (t.superseded_at is null or t.superseded_at > q.known_at)
              left join loans l on l.borrower_id = q.borrower_id and l.loan_no = d
             cross join lateral (
               select coalesce(
                        t.product,
                        nullif(case when q.as_read is null then l.product
                                    else q.as_read -> 'products' ->> d end, '')) as product) k
             where (q.products is null or k.product = any (q.products))
               and (q.not_products is null or k.product is null or k.product <> all (q.not_products))))
)
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object(
         'opens', q.opens, 'closes', q.closes, 'agreed_from', w.from_time, 'agreed_to', w.to_time,
         'local', (select jsonb_object_agg(z, local_minute(q.at, z))
         from unnest(q.read_zones) z)) as evidence,
       next_open_minute(q.at, q.read_zones, q.day_zone, q.opens, q.closes, q.closing_in, w.from_time,
                        w.to_time) as next_allowed_at
  from outside q
  left join lateral (
    select a.from_time, a.to_time
      from agreed_windows a
     where a.borrower_id = q.borrower_id
       and a.party = q.party
       and a.party_id = q.party_id
       and a.at <= q.at
       and a.recorded_at <= q.known_at
     order by a.at desc, a.ordinal desc
     limit 1) w on true
 where not is_open(q.at, q.read_zones, q.opens, q.closes, q.closing_in, w.from_time, w.to_time);
