-- Judges promises by the ledger: those whose last counting day has passed, and those that money which came
-- today touches: a payment may keep one early, a reversal or a back-dated payment may overturn a judgement.
-- The runner makes up for missed nights day by day, so whatever is still open ended within the last month.
-- Whoever works at the desk meanwhile wins: a promise is written only where it still is as it was judged.
-- reads: promises, payments (money_received)   writes: promises, promise_rejudgements
-- in parts

-- Loan and borrower always go together; the planner takes them for independent, would loop where it must hash
-- and sort what a hash groups.
set local enable_nestloop = off;
set local enable_sort = off;

-- Promises of one conversation on one loan share their money, earliest first. With A the promised and P the
-- received amounts added up to each promise in that order, what is served up to it is A + min(0, least of (P
-- - A) so far): money serves the earliest promise that is not served yet, and none before it comes.
with sets as (
  select p.borrower_id, p.loan_no, p.made_on
    from promises p
   where p.one_of_several and p.outcome is null and p.counts_until between :as_of - 31 and :as_of - 1
     and true /* part of p */
  union
  select p.borrower_id, p.loan_no, p.made_on
    from money_received m
    join promises p
      on p.borrower_id = m.borrower_id
     and p.loan_no = m.loan_no
     and m.counted_on between p.made_on and p.counts_until
   where m.loaded_as_of = :as_of and p.one_of_several and p.outcome is distinct from 'cancelled'
     and true /* part of p */ and true /* part of m */
), at_stake as materialized (
  select p.borrower_id, p.loan_no, p.promise_no, p.made_on, p.counts_until, p.promised_minor, p.enough_minor,
         p.outcome, p.paid_minor
    from sets s
    join promises p using (borrower_id, loan_no, made_on)
   where p.one_of_several and p.outcome is distinct from 'cancelled'
     and true /* part of p */
), received as (
  select a.borrower_id, a.loan_no, a.promise_no, sum(p.amount_minor)::bigint as minor
    from at_stake a
    join money_received p
      on p.borrower_id = a.borrower_id
     and p.loan_no = a.loan_no
     and p.counted_on between a.made_on and a.counts_until
   where p.counted_on >= (select min(made_on) from at_stake)
     and true /* part of p */
   group by a.borrower_id, a.loan_no, a.promise_no
), summed as (
  select a.*, coalesce(r.minor, 0) as received_minor,
         (sum(a.promised_minor) over earliest_first)::bigint as promised_so_far
    from at_stake a
    left join received r using (borrower_id, loan_no, promise_no)
  window earliest_first as (
    partition by a.borrower_id, a.loan_no, a.made_on order by a.counts_until, a.promise_no)
), served as (
  select s.*,
         promised_so_far + least(0, min(greatest(received_minor, 0) - promised_so_far) over earliest_first)
           as served_so_far
    from summed s
  window earliest_first as (
    partition by s.borrower_id, s.loan_no, s.made_on order by s.counts_until, s.promise_no)
), shares as (
  select s.*,
         (served_so_far - coalesce(lag(served_so_far) over earliest_first, 0))::bigint as share_minor
    from served s
  window earliest_first as (
    partition by s.borrower_id, s.loan_no, s.made_on order by s.counts_until, s.promise_no)
), judged as (
  select s.*,
         case
           when share_minor >= enough_minor then 'kept'
           when counts_until >= :as_of then null
           when share_minor > 0 then 'partly_kept'
           else 'broken'
         end as now_is
    from shares s
), changed as (
  select * from judged
   where (outcome, paid_minor) is distinct from (now_is, share_minor)
     and not (outcome is null and now_is is null)
), overturned as (
  insert into promise_rejudgements (borrower_id, loan_no, promise_no, as_of, was, was_minor, now_is,
    now_minor)
  select borrower_id, loan_no, promise_no, :as_of, outcome, paid_minor, now_is, share_minor
    from changed
   where outcome is not null
  on conflict (borrower_id, loan_no, promise_no, as_of)
  do update set now_is = excluded.now_is, now_minor = excluded.now_minor
)
update promises p
   set outcome = c.now_is,
       judged_on = case when c.now_is is not null then :as_of end,
       paid_minor = c.share_minor
  from changed c
 where p.borrower_id = c.borrower_id
   and p.loan_no = c.loan_no
   and p.promise_no = c.promise_no
   and p.counts_until = c.counts_until
   and p.outcome is not distinct from c.outcome
   and p.one_of_several
   and true /* part of p */;

-- The others stand alone on their loan and day, which nearly all do. What today's money touches of those that
-- are judged already or still run: one may be kept early, a judgement may be overturned.
with came as materialized (
  select borrower_id, loan_no, counted_on
    from money_received p
   where loaded_as_of = :as_of
     and true /* part of p */
), touched as materialized (
  select distinct p.borrower_id, p.loan_no, p.promise_no, p.made_on, p.counts_until, p.promised_minor,
         p.enough_minor, p.outcome, p.paid_minor
    from promises p
    join came c
      on c.borrower_id = p.borrower_id
     and c.loan_no = p.loan_no
     and c.counted_on between p.made_on and p.counts_until
   where p.counts_until >= (select min(counted_on) from came)
     and (p.counts_until >= :as_of or p.outcome is not null)
     and p.outcome is distinct from 'cancelled'
     and not p.one_of_several
     and true /* part of p */
), received as (
  select t.borrower_id, t.loan_no, t.promise_no, sum(p.amount_minor)::bigint as minor
    from touched t
    join money_received p
      on p.borrower_id = t.borrower_id
     and p.loan_no = t.loan_no
     and p.counted_on between t.made_on and t.counts_until
   where p.counted_on >= (select min(made_on) from touched)
     and true /* part of p */
   group by t.borrower_id, t.loan_no, t.promise_no
), judged as (
  select t.*, s.share_minor,
         case
           when s.share_minor >= t.enough_minor then 'kept'
           when t.counts_until >= :as_of then null
           when s.share_minor > 0 then 'partly_kept'
           else 'broken'
         end as now_is
    from touched t
    join received r using (borrower_id, loan_no, promise_no)
   cross join lateral (select least(t.promised_minor, greatest(r.minor, 0)) as share_minor) s
), changed as (
  select * from judged
   where (outcome, paid_minor) is distinct from (now_is, share_minor)
     and not (outcome is null and now_is is null)
), overturned as (
  insert into promise_rejudgements (borrower_id, loan_no, promise_no, as_of, was, was_minor, now_is,
    now_minor)
  select borrower_id, loan_no, promise_no, :as_of, outcome, paid_minor, now_is, share_minor
    from changed
   where outcome is not null
  on conflict (borrower_id, loan_no, promise_no, as_of)
  do update set now_is = excluded.now_is, now_minor = excluded.now_minor
)
update promises p
   set outcome = c.now_is,
       judged_on = case when c.now_is is not null then :as_of end,
       paid_minor = c.share_minor
  from changed c
 where p.borrower_id = c.borrower_id
   and p.loan_no = c.loan_no
   and p.promise_no = c.promise_no
   and p.counts_until = c.counts_until
   and p.outcome is not distinct from c.outcome
   and p.counts_until >= (select min(counts_until) from changed)
   and true /* part of p */;

-- Those that have ended get what came, read once over the days that matter.
with due as materialized (
  select borrower_id, loan_no, promise_no, made_on, counts_until
    from promises p
   where p.outcome is null and p.counts_until between :as_of - 31 and :as_of - 1
     and not p.one_of_several
     and true /* part of p */
), received as (
  select d.borrower_id, d.loan_no, d.promise_no, d.counts_until,
         greatest(sum(p.amount_minor)::bigint, 0) as minor
    from due d
    join money_received p
      on p.borrower_id = d.borrower_id
     and p.loan_no = d.loan_no
     and p.counted_on between d.made_on and d.counts_until
   where p.counted_on between (select min(made_on) from due) and :as_of - 1
     and true /* part of p */
   group by d.borrower_id, d.loan_no, d.promise_no, d.counts_until
)
update promises p
   set outcome = case
                   when r.minor >= p.enough_minor then 'kept'
                   when r.minor > 0 then 'partly_kept'
                   else 'broken'
                 end,
       judged_on = :as_of,
       paid_minor = least(p.promised_minor, r.minor)
  from received r
 where p.borrower_id = r.borrower_id
   and p.loan_no = r.loan_no
   and p.promise_no = r.promise_no
   and p.counts_until = r.counts_until
   and p.outcome is null and p.counts_until between :as_of - 31 and :as_of - 1
   and true /* part of p */;

-- Whatever has ended and is still open got nothing.
update promises p
   set outcome = 'broken', judged_on = :as_of, paid_minor = 0
 where p.outcome is null and p.counts_until between :as_of - 31 and :as_of - 1
   and true /* part of p */;

set local enable_sort = on;
set local enable_nestloop = on;
