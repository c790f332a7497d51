-- Bring the bucket history up to :as_of. The history is derived from positions and edges (bucket_segments),
-- never counted up: loans whose bucket is not what it should be, and loans whose past was corrected, are
-- derived anew from the last day that is sure, and nobody else is touched.
-- reads: bucket_segments, positions, payments, loans, nights   writes: delinquencies,
-- delinquency_corrections
-- in parts

-- Those on the list now; what is noted from here on is the next night's.
update delinquency_corrections set taken = true
 where from_on <= :as_of and not taken
   and true /* part of delinquency_corrections */;

create temp table reworked on commit drop as
with sure as (
  select coalesce(max(as_of) + 1, date '-infinity') as from_on
    from nights where as_of < :as_of and finished_at is not null
), target as (
  select borrower_id, loan_no, bucket
    from bucket_segments
   where valid_from <= :as_of and valid_to > :as_of and ends_by > :as_of
     and starts_on <= :as_of and ends_on > :as_of
     and true /* part of bucket_segments */
), held as (
  select borrower_id, loan_no, bucket from delinquencies where valid_to is null
   and true /* part of delinquencies */
), found as (
  select borrower_id, loan_no, sure.from_on
    from target full join held using (borrower_id, loan_no) cross join sure
   where target.bucket is distinct from held.bucket
  union all
  select borrower_id, loan_no, from_on from delinquency_corrections where taken
   and true /* part of delinquency_corrections */
)
select borrower_id, loan_no, min(from_on) as from_on from found group by 1, 2;

analyze reworked;

-- The stretch that covers the day before belongs to what may be different: it is derived anew from its
-- beginning.
create temp table rework on commit drop as
select r.borrower_id, r.loan_no, coalesce(d.valid_from, r.from_on) as from_on, d.began_as
  from reworked r
  left join delinquencies d
    on (d.borrower_id, d.loan_no) = (r.borrower_id, r.loan_no)
   and d.valid_from < r.from_on
   and (d.valid_to is null or d.valid_to >= r.from_on);

analyze rework;

delete from delinquencies d
 using rework r
 where (d.borrower_id, d.loan_no) = (r.borrower_id, r.loan_no)
   and d.valid_from >= r.from_on;

-- Counted before they are joined further: the planner cannot guess how many stretches come out of a history.
-- Loan and borrower always go together; it takes them for independent and would loop where it must hash.
set local enable_nestloop = off;

create temp table stretches on commit drop as
with size as (
  -- A key costs as much as some four hundred rows of the history: few loans are looked up one by one, many
  -- are met while all of it is read. Its rows are reckoned by its pages: a young book was last counted small.
  select (select count(*) from rework) * 400
       < sum(reltuples / greatest(relpages, 1)
             * pg_relation_size(oid) / current_setting('block_size')::int) as few
    from pg_class where oid in ('loans'::regclass, 'loan_positions'::regclass)
), history as (
  select r.from_on, s.*
    from rework r
   cross join lateral (
     select * from bucket_segments
      where borrower_id = r.borrower_id and loan_no = r.loan_no
        and valid_to > r.from_on and valid_from <= :as_of
        and ends_on > r.from_on and starts_on <= :as_of
     offset 0) s
   where (select few from size)
  union all
  select r.from_on, s.*
    from rework r
    join bucket_segments s on (s.borrower_id, s.loan_no) = (r.borrower_id, r.loan_no)
   where not (select few from size)
     and true /* part of s */
), segments as (
  select borrower_id, loan_no, bucket, rank, greatest(starts_on, from_on) as starts_on, ends_on
    from history
   where valid_to > from_on and valid_from <= :as_of
     and ends_on > from_on and starts_on <= :as_of
), edges as (
  select *, (bucket, starts_on) is distinct from (lag(bucket) over loan, lag(ends_on) over loan) as begins
    from segments window loan as (partition by borrower_id, loan_no order by starts_on)
), merged as (
  select borrower_id, loan_no, min(bucket) as bucket, min(rank) as rank,
         min(starts_on) as valid_from, max(ends_on) as ends_on
    from (select *, count(*) filter (where begins)
                      over (partition by borrower_id, loan_no order by starts_on) as stretch
            from edges) e
   group by borrower_id, loan_no, stretch
)
select *, lag(ends_on) over loan as before_end, lag(rank) over loan as before_rank,
       lead(valid_from) over loan as after_start, lead(rank) over loan as after_rank
  from merged window loan as (partition by borrower_id, loan_no order by valid_from);

set local enable_nestloop = on;

analyze stretches;

insert into delinquencies (borrower_id, loan_no, valid_from, valid_to, bucket, began_as, ended_as)
select n.borrower_id, n.loan_no, n.valid_from, case when n.ends_on <= :as_of then n.ends_on end, n.bucket,
       case when n.before_end = n.valid_from and n.before_rank > n.rank then 'roll_back'
            when n.before_end = n.valid_from then 'roll_forward'
            when n.valid_from = r.from_on then coalesce(r.began_as, 'new')
            else 'new' end,
       case when n.ends_on > :as_of then null
            when n.after_start = n.ends_on and n.after_rank < n.rank then 'roll_back'
            when n.after_start = n.ends_on then 'roll_forward'
            when exists (
              select from positions p
               where (p.borrower_id, p.loan_no) = (n.borrower_id, n.loan_no)
                 and p.valid_from <= n.ends_on and p.valid_to > n.ends_on
                 and p.status in ('closed', 'sold')) then 'closed'
            when exists (
              select from payments m
               where (m.borrower_id, m.loan_no) = (n.borrower_id, n.loan_no)
                 and m.paid_on between n.valid_from and n.ends_on
              having sum(case m.kind when 'reversal' then -m.amount_minor else m.amount_minor end) > 0)
              or exists (
              select from loans l
               where (l.borrower_id, l.loan_no) = (n.borrower_id, n.loan_no)
                 and l.last_paid_on between n.valid_from and n.ends_on) then 'cure'
            else 'reset' end
  from stretches n
  join rework r using (borrower_id, loan_no);

drop table reworked, rework, stretches;
