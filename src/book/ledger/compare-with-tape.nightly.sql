-- The tape of the day confirms what we expected, or differs: the position before plus what moved since
-- against what the lender now states. Beyond the setting the difference stays open, and no contact goes out
-- on that loan, until a person explains it. A tape that states the same balance although money moved differs
-- as well; a partial one tells nothing of the loans that it does not name. A difference that the newest files
-- have removed goes; one that was explained stays.
-- reads: loans, loan_positions, loads, tape_confirmations, untold_loans, entries, movements   writes:
-- balance_differences

-- What the tape of the day states of loans that the book held before it. Loan and borrower always go
-- together; the planner takes them for independent and would loop where it must hash.
set local enable_nestloop = off;

create temp table stated on commit drop as
with told as materialized (
  -- the newest whole tape; of a lender that has sent none, its first partial one
  select lender, coalesce(max(as_of) filter (where mode = 'full'), min(as_of)) as as_of
    from loads cross join unnest(lenders) as lender
   where kind = 'loans' and state = 'applied' and as_of < :as_of
   group by lender
), confirmed as materialized (
  -- the last partial tape since then that named the loan as it was
  select borrower_id, loan_no, max(as_of) as as_of
    from tape_confirmations
   where as_of < :as_of and as_of > (select min(as_of) from told)
   group by borrower_id, loan_no
), untold as materialized (
  -- loans whose row of that tape was rejected: told by the one before, or since their position began
  select n.borrower_id, n.loan_no, (
           select coalesce(max(k.as_of), l.position_from)
             from tapes k
            where k.lender = l.lender and k.as_of < t.as_of
              and not exists (
                select from untold_loans o
                 where o.borrower_id = n.borrower_id and o.loan_no = n.loan_no and o.as_of = k.as_of))
         as told_on
    from told t
    join untold_loans n on n.as_of = t.as_of
    join loans l on l.borrower_id = n.borrower_id and l.loan_no = n.loan_no and l.lender = t.lender
)
select l.borrower_id, l.loan_no, l.lender, l.product, l.currency, l.outstanding_minor as stated_minor,
       before.outstanding_minor as before_minor,
       greatest(before.valid_from, coalesce(u.told_on, t.as_of), c.as_of) as since
  from loan_positions before
  join loans l using (borrower_id, loan_no)
  left join told t on t.lender = l.lender
  left join confirmed c on (c.borrower_id, c.loan_no) = (l.borrower_id, l.loan_no)
  left join untold u on (u.borrower_id, u.loan_no) = (l.borrower_id, l.loan_no)
 where before.valid_to = :as_of
   and l.position_from = :as_of
   and before.status in ('active', 'charged_off')
   and l.status in ('active', 'charged_off')
union all
-- stated again as it was, though something moved since it was told before
select l.borrower_id, l.loan_no, l.lender, l.product, l.currency, l.outstanding_minor,
       l.outstanding_minor, greatest(l.position_from, coalesce(u.told_on, t.as_of), c.as_of)
  from (select distinct borrower_id, loan_no
          from movements
         where on_date > (select min(as_of) from told) and on_date <= :as_of) m
  join loans l on l.borrower_id = m.borrower_id and l.loan_no = m.loan_no
  join told t on t.lender = l.lender
  left join confirmed c on (c.borrower_id, c.loan_no) = (l.borrower_id, l.loan_no)
  left join untold u on (u.borrower_id, u.loan_no) = (l.borrower_id, l.loan_no)
 where l.position_from < :as_of
   and not exists (
     select from untold_loans n
      where n.borrower_id = l.borrower_id and n.loan_no = l.loan_no and n.as_of = :as_of)
   and l.status in ('active', 'charged_off')
   and (l.lender in (select lender from tapes where as_of = :as_of)
        or (l.borrower_id, l.loan_no) in (
             select borrower_id, loan_no from tape_confirmations where as_of = :as_of));

set local enable_nestloop = on;

analyze stated (borrower_id, loan_no);

-- The movements of some days, and their entries by key: not the entries of all years.
create temp table moved on commit drop as
select s.borrower_id, s.loan_no, sum(e.amount_minor)::bigint as minor
  from (select * from movements
         where on_date > (select min(since) from stated) and on_date <= :as_of
        offset 0) m
  join stated s on (s.borrower_id, s.loan_no) = (m.borrower_id, m.loan_no) and m.on_date > s.since
  join entries e
    on (e.borrower_id, e.loan_no, e.movement_no) = (m.borrower_id, m.loan_no, m.movement_no)
 where e.account in ('receivable', 'charged_off')
 group by s.borrower_id, s.loan_no;

analyze moved;

with limits as materialized (
  select lender, product, (value ->> 'minor')::bigint as minor, (value ->> 'bps')::bigint as bps
    from settings_in_force
   where name = 'balance_difference_limit' and effective_from <= :as_of and :as_of < effective_to
), compared as (
  select s.borrower_id, s.loan_no, s.currency, s.before_minor, coalesce(m.minor, 0) as moved_minor,
         s.stated_minor, greatest(k.minor, s.before_minor * k.bps / 10000) as limit_minor
    from stated s
    join limits k on (k.lender, k.product) = (s.lender, s.product)
    left join moved m on (m.borrower_id, m.loan_no) = (s.borrower_id, s.loan_no)
), open_ones as (
  select * from compared where abs(stated_minor - before_minor - moved_minor) > limit_minor
), gone as (
  delete from balance_differences d
   where d.as_of = :as_of
     and d.explained_at is null
     and not exists (
       select from open_ones o where (o.borrower_id, o.loan_no) = (d.borrower_id, d.loan_no))
)
insert into balance_differences
  (borrower_id, loan_no, as_of, currency, before_minor, moved_minor, expected_minor, stated_minor,
   limit_minor)
select borrower_id, loan_no, :as_of, currency, before_minor, moved_minor, before_minor + moved_minor,
       stated_minor, limit_minor
  from open_ones
on conflict (borrower_id, loan_no, as_of) do update
   set before_minor = excluded.before_minor,
       moved_minor = excluded.moved_minor,
       expected_minor = excluded.expected_minor,
       stated_minor = excluded.stated_minor,
       limit_minor = excluded.limit_minor
 where balance_differences.explained_at is null
   and (balance_differences.expected_minor, balance_differences.stated_minor)
       is distinct from (excluded.expected_minor, excluded.stated_minor);

drop table stated, moved;
