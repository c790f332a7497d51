-- A lender lets the count of days past due of a loan stand still: on the days after from_on up to and
-- including to_on, or resumed_on where it was ended before.
create table pauses (
  borrower_id            bigint not null,
  loan_no                text not null,
  pause_no               int not null check (pause_no > 0),
  from_on                date not null,
  -- empty: until it is resumed
  to_on                  date check (to_on > from_on),
  reason                 text not null,
  granted_on             date not null,
  granted_by             text not null,
  -- the last day that is not counted after all; it may lie before the day on which that was recorded
  resumed_on             date check (resumed_on >= from_on and resumed_on < coalesce(to_on, date 'infinity')),
  resumed_why            text,
  resumed_by             text,
  resumption_recorded_on date,
  check (num_nonnulls(resumed_on, resumed_why, resumed_by, resumption_recorded_on) in (0, 4)),
  primary key (borrower_id, loan_no, pause_no)
);

-- The days of a loan that are not counted, each once however many pauses it lies in.
create view paused_days as
select borrower_id, loan_no, range_agg(daterange(from_on, coalesce(resumed_on, to_on), '(]')) as paused
  from pauses
 group by borrower_id, loan_no;

-- How many days from first_on to last_on, both counted, lie in pauses.
create function days_paused(paused datemultirange, first_on date, last_on date) returns int
  language sql immutable parallel safe cost 1
  return case when first_on <= last_on then (
    select coalesce(sum(upper(r) - lower(r)), 0)::int
      from unnest(paused * datemultirange(daterange(first_on, last_on, '[]'))) r)
    else 0 end;

-- Days past due on a day: the home of the count. The first day counted is the one after the due date, with
-- day origin 1 the due date itself.
create function days_past_due(oldest_due_on date, day_origin int, paused datemultirange, as_of date)
  returns int
  language sql immutable parallel safe cost 1
  return case
    when oldest_due_on is null then 0
    when paused is null then greatest(as_of - oldest_due_on + day_origin, 0)
    else greatest(
      as_of - oldest_due_on + day_origin - days_paused(paused, oldest_due_on + 1 - day_origin, as_of), 0)
    end;

-- Of pauses with days between them, the day on which the count comes to so many days; infinity: it never
-- does.
create function day_of_paused_count(oldest_due_on date, day_origin int, paused datemultirange, days int)
  returns date
  language sql immutable parallel safe cost 1
  return (
    select case when coalesce(bool_or(ends_on is null), false) then date 'infinity'
                else oldest_due_on - day_origin + days + coalesce(sum(ends_on - starts_on), 0)::int end
      from (select lower(r) as starts_on, upper(r) as ends_on,
                   lower(r) - (oldest_due_on + 1 - day_origin)
                   - coalesce(sum(upper(r) - lower(r)) over (
                       order by r rows between unbounded preceding and 1 preceding), 0) as counted_before
              from unnest(paused * datemultirange(daterange(oldest_due_on + 1 - day_origin, null))) r) pause
     where counted_before < days);

-- The same of any loan, as a sum that is part of whatever asks for it: without pauses the plain one, with one
-- pause (or several without a day between them) what of it lies behind the first day counted comes on top,
-- where it begins before the count is there. Only several apart call a function, which takes longer than all
-- the rest.
create function day_of_count(oldest_due_on date, day_origin int, paused datemultirange, days int)
  returns date
  language sql immutable parallel safe cost 1
  return case
    when paused is null then oldest_due_on - day_origin + days
    when days is null then null
    when not range_merge(paused) <@ paused
    then day_of_paused_count(oldest_due_on, day_origin, paused, days)
    when (lower(paused) <= oldest_due_on - day_origin + days
          and (upper_inf(paused) or upper(paused) > oldest_due_on + 1 - day_origin)) is not true
    then oldest_due_on - day_origin + days
    when upper_inf(paused) then date 'infinity'
    else oldest_due_on - day_origin + days
         + (upper(paused) - greatest(lower(paused), oldest_due_on + 1 - day_origin)) end;

-- Every position with what of its loan is not counted. The pauses are met here, where each position is met
-- once, and not with each edge of a bucket; whoever does not ask for them does not pay for them.
create or replace view positions as
select t.borrower_id, t.loan_no, t.lender, t.product, t.currency, t.valid_from, t.valid_to,
       t.status, t.outstanding_minor, t.past_due_minor, t.oldest_due_on,
       t.principal_minor, t.interest_minor, t.penalty_minor, t.fees_minor, t.valid_to as ends_by, d.paused
  from tape_positions t
  left join paused_days d on d.borrower_id = t.borrower_id and d.loan_no = t.loan_no
 where not exists (
   select from moved_positions m
    where m.borrower_id = t.borrower_id and m.loan_no = t.loan_no and m.position_from = t.valid_from)
union all
select m.borrower_id, m.loan_no, t.lender, t.product, t.currency, m.valid_from, least(m.valid_to, t.valid_to),
       t.status, m.outstanding_minor, m.past_due_minor, m.oldest_due_on,
       t.principal_minor, t.interest_minor, t.penalty_minor, t.fees_minor, m.valid_to as ends_by, d.paused
  from moved_positions m
  left join paused_days d on d.borrower_id = m.borrower_id and d.loan_no = m.loan_no
 cross join lateral (
   select * from tape_positions
    where borrower_id = m.borrower_id and loan_no = m.loan_no and valid_from = m.position_from
    limit 1) t
 where m.valid_from < t.valid_to;

-- A bucket from a to b days holds from the day on which the count comes to a until it comes to b + 1.
create or replace view bucket_segments as
select p.borrower_id, p.loan_no, p.lender, p.product, p.currency, p.valid_from, p.valid_to, e.bucket, e.rank,
       greatest(p.valid_from, e.effective_from,
                day_of_count(p.oldest_due_on, e.day_origin, p.paused, e.from_days)) as starts_on,
       least(p.valid_to, e.effective_to,
             coalesce(day_of_count(p.oldest_due_on, e.day_origin, p.paused, e.to_days + 1),
                      date 'infinity')) as ends_on,
       p.oldest_due_on, e.day_origin, p.outstanding_minor, p.past_due_minor, p.ends_by, p.paused
  from positions p
  join bucket_edges e on (e.lender, e.product) = (p.lender, p.product)
 where p.oldest_due_on is not null
   and p.status in ('active', 'charged_off')
   and greatest(p.valid_from, e.effective_from,
                day_of_count(p.oldest_due_on, e.day_origin, p.paused, e.from_days))
     < least(p.valid_to, e.effective_to,
             coalesce(day_of_count(p.oldest_due_on, e.day_origin, p.paused, e.to_days + 1),
                      date 'infinity'));
