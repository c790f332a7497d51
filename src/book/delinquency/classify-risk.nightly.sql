-- The risk class of every loan past due, by the grades of the lender's packs; of several, the worst. A class
-- is a dated row, written when it changes; loans of class 1 have none. Like the buckets it is derived
-- (risk_segments): loans whose class is not what it should be from the last day that is sure, loans whose
-- past was corrected from the corrected day.
-- when: exists (select from settings where name = 'packs' and value <> '[]')
-- when: or exists (select from risk_classes where valid_to is null)
-- when: or exists (select from delinquency_corrections)
-- reads: risk_segments, settings, nights   writes: risk_classes, delinquency_corrections
-- in parts
create temp table reclassed on commit drop as
with sure as (
  select coalesce(max(as_of) + 1, date '-infinity') as from_on
    from nights where as_of < :as_of and finished_at is not null
), target as (
  select distinct on (borrower_id, loan_no) borrower_id, loan_no, pack, risk_class
    from risk_segments
   where valid_from <= :as_of and valid_to > :as_of and ends_by > :as_of
     and starts_on <= :as_of and ends_on > :as_of
     and true /* part of risk_segments */
   order by borrower_id, loan_no, risk_class desc, pack
), held as (
  select borrower_id, loan_no, pack, risk_class from risk_classes where valid_to is null
   and true /* part of risk_classes */
), found as (
  select borrower_id, loan_no, sure.from_on
    from target full join held using (borrower_id, loan_no) cross join sure
   where (target.pack, target.risk_class) is distinct from (held.pack, held.risk_class)
  union all
  select borrower_id, loan_no, from_on from delinquency_corrections where taken
   and true /* part of delinquency_corrections */
)
select borrower_id, loan_no, min(from_on) as from_on from found group by 1, 2;

analyze reclassed;

-- What was so before the first day in doubt stays so, and the stretch that reaches it may go on.
create temp table class_days on commit drop as
with size as (
  -- Few loans are looked up one by one, many are met while all of the history is read (as in age-loans).
  select (select count(*) from reclassed) * 400
       < sum(reltuples / greatest(relpages, 1)
             * pg_relation_size(oid) / current_setting('block_size')::int) as few
    from pg_class where oid in ('loans'::regclass, 'loan_positions'::regclass)
), history as (
  select r.from_on, s.*
    from reclassed r
   cross join lateral (
     -- Only days in doubt: on each further day the settings of the packs would be tried.
     select * from risk_segments
      where borrower_id = r.borrower_id and loan_no = r.loan_no
        and valid_to > r.from_on and valid_from <= :as_of
        and ends_on > r.from_on and starts_on <= :as_of
     offset 0) s
   where (select few from size)
  union all
  select r.from_on, s.*
    from reclassed r
    join risk_segments s on (s.borrower_id, s.loan_no) = (r.borrower_id, r.loan_no)
   where not (select few from size)
     and true /* part of s */
)
select c.borrower_id, c.loan_no, c.pack, c.risk_class, c.valid_from as starts_on, r.from_on as ends_on
  from reclassed r
  join risk_classes c using (borrower_id, loan_no)
 where c.valid_from < r.from_on and (c.valid_to is null or c.valid_to >= r.from_on)
union all
select borrower_id, loan_no, pack, risk_class, greatest(starts_on, from_on), ends_on
  from history
 where valid_to > from_on and valid_from <= :as_of
   and ends_on > from_on and starts_on <= :as_of;

delete from risk_classes c
 using reclassed r
 where (c.borrower_id, c.loan_no) = (r.borrower_id, r.loan_no)
   and (c.valid_from >= r.from_on or c.valid_to is null or c.valid_to >= r.from_on);

-- Between two days on which anything begins or ends the worst class holds; equal neighbours are one stretch.
insert into risk_classes (borrower_id, loan_no, valid_from, valid_to, pack, risk_class)
with days as (
  select borrower_id, loan_no, starts_on as on_day from class_days
  union
  select borrower_id, loan_no, ends_on from class_days where ends_on <= :as_of
), worst as (
  select distinct on (d.borrower_id, d.loan_no, d.on_day)
         d.borrower_id, d.loan_no, d.on_day, c.pack, c.risk_class
    from days d
    left join class_days c
      on (c.borrower_id, c.loan_no) = (d.borrower_id, d.loan_no)
     and c.starts_on <= d.on_day and c.ends_on > d.on_day
   order by d.borrower_id, d.loan_no, d.on_day, c.risk_class desc nulls last, c.pack
), changes as (
  select *, (pack, risk_class) is distinct from (lag(pack) over loan, lag(risk_class) over loan) as begins
    from worst window loan as (partition by borrower_id, loan_no order by on_day)
), stretches as (
  select borrower_id, loan_no, on_day, lead(on_day) over loan as until, pack, risk_class
    from changes where begins window loan as (partition by borrower_id, loan_no order by on_day)
)
select borrower_id, loan_no, on_day, until, pack, risk_class from stretches where risk_class is not null;

delete from delinquency_corrections where taken and true /* part of delinquency_corrections */;

drop table reclassed, class_days;
