-- What money since the lender's last tape makes of a position: less is past due, or nothing, and what a
-- bounce takes back is past due again. The tape of a later day is the lender's own word and ends it, a
-- partial one for the loans that it names. Money of days that nights have judged has the history derived anew
-- from there (age-loans, classify-risk).
-- when: exists (select from moved_positions)
-- when: or exists (select from payments p left join (select lender, max(as_of) as as_of from tapes
-- when: where as_of <= :as_of group by lender) t using (lender) where p.loaded_as_of between :as_of - 1
-- when: and :as_of and p.paid_on > coalesce(t.as_of, date '-infinity'))
-- when: or exists (select from untold_loans where as_of between :as_of - 1 and :as_of)
-- when: or exists (select from loads where kind = 'payments' and as_of < :as_of - 1
-- when: and loaded_at > (select started_at from nights where as_of = :as_of))
-- reads: payments, loads, tape_positions, tapes, untold_loans, instalments   writes: moved_positions,
-- delinquency_corrections
-- in parts

-- Loans that the newest money moves (yesterday's, too: it may have come while the night was at work; and of
-- files for earlier days that came since this night ran first), those that it moved before today's tape told
-- them, and those whose past was corrected.
create temp table late on commit drop as
select distinct as_of
  from loads
 where kind = 'payments'
   and as_of < :as_of - 1
   and loaded_at > (select started_at from nights where as_of = :as_of);
analyze late;

create temp table followed on commit drop as
with told as materialized (
  select lender, max(as_of) as as_of from tapes where as_of <= :as_of group by lender
)
select p.borrower_id, p.loan_no
  from payments p
  left join told t using (lender)
 where p.loaded_as_of between :as_of - 1 and :as_of
   and p.paid_on > coalesce(t.as_of, date '-infinity')
   and true /* part of p */
union
select p.borrower_id, p.loan_no
  from late
  join payments p on p.loaded_as_of = late.as_of
 where true
   and true /* part of p */
union
select m.borrower_id, m.loan_no
  from moved_positions m
  join loans l
    on l.borrower_id = m.borrower_id and l.loan_no = m.loan_no and l.position_from = m.position_from
  join told t on t.lender = l.lender and t.as_of = :as_of
 where m.valid_to > :as_of
   and true /* part of m */
union
select m.borrower_id, m.loan_no
  from tape_confirmations c
  join moved_positions m on m.borrower_id = c.borrower_id and m.loan_no = c.loan_no and m.valid_to > c.as_of
 where c.as_of = :as_of
   and true /* part of c */
union
-- the newest tape told nothing of these: money from before it still moves them
select u.borrower_id, u.loan_no
  from untold_loans u
  join loans l on l.borrower_id = u.borrower_id and l.loan_no = u.loan_no
  join told t on t.lender = l.lender and t.as_of = u.as_of
 where true
   and true /* part of u */
union
select borrower_id, loan_no from delinquency_corrections
 where from_on <= :as_of
   and true /* part of delinquency_corrections */;

analyze followed;

-- Between which tapes a payment came: for each lender and day once, not for each payment.
create temp table between_tapes on commit drop as
select p.lender, p.paid_on, max(t.as_of) filter (where t.as_of < p.paid_on) as since,
       min(t.as_of) filter (where t.as_of >= p.paid_on) as until
  from (select distinct lender, paid_on from followed join payments using (borrower_id, loan_no)) p
  left join tapes t on t.lender = p.lender and t.as_of <= :as_of
 group by p.lender, p.paid_on;

analyze between_tapes;

-- The same for each payment of a loan of which some tape told nothing: there are few.
create temp table between_told on commit drop as
select p.borrower_id, p.loan_no, p.paid_on, max(t.as_of) filter (where t.as_of < p.paid_on) as since,
       min(t.as_of) filter (where t.as_of >= p.paid_on) as until
  from (select distinct borrower_id, loan_no, p.lender, p.paid_on
          from (select distinct borrower_id, loan_no
                  from followed join untold_loans using (borrower_id, loan_no)) u
          join payments p using (borrower_id, loan_no)) p
  left join tapes t
    on t.lender = p.lender and t.as_of <= :as_of
   and not exists (
     select from untold_loans u
      where u.borrower_id = p.borrower_id and u.loan_no = p.loan_no and u.as_of = t.as_of)
 group by p.borrower_id, p.loan_no, p.paid_on;

analyze between_told;

-- Each payment or reversal with the tape's position that it met and the days between two tapes in which it
-- came, where the book knew of it before the later tape.
create temp table came on commit drop as
select p.borrower_id, p.loan_no, p.payment_no, p.kind, p.reverses, p.paid_on, p.amount_minor,
       t.valid_from as position_from, t.outstanding_minor, t.past_due_minor, t.oldest_due_on,
       greatest(d.since, c.since, t.valid_from) as since, least(d.until, c.until, t.valid_to) as until
  from followed f
  join payments p using (borrower_id, loan_no)
  join between_tapes a on a.lender = p.lender and a.paid_on = p.paid_on
  left join between_told o
    on o.borrower_id = p.borrower_id and o.loan_no = p.loan_no and o.paid_on = p.paid_on
 cross join lateral (
   select case when o.loan_no is null then a.since else o.since end as since,
          case when o.loan_no is null then a.until else o.until end as until) d
 cross join lateral (
   select max(as_of) filter (where as_of < p.paid_on) as since,
          min(as_of) filter (where as_of >= p.paid_on) as until
     from tape_confirmations
    where borrower_id = p.borrower_id and loan_no = p.loan_no and as_of <= :as_of) c
  join tape_positions t
    on t.borrower_id = p.borrower_id and t.loan_no = p.loan_no
   and t.valid_from < p.paid_on and t.valid_to > p.paid_on
 where t.status in ('active', 'charged_off')
   and p.loaded_as_of < least(d.until, c.until, t.valid_to);

-- A reversal takes its money back on the payment's day when no tape came between; else the tape knew the
-- payment, and what was past due before it comes back, as far as it was.
create temp table moves on commit drop as
select r.borrower_id, r.loan_no, r.position_from, r.outstanding_minor, r.past_due_minor, r.oldest_due_on,
       r.since, r.until,
       case when p.since = r.since then p.paid_on else r.paid_on end as on_date,
       case r.kind when 'payment' then r.amount_minor else -r.amount_minor end as received_minor,
       case when r.kind = 'payment' or p.since = r.since then 0
            else r.amount_minor - least(r.amount_minor, coalesce(b.past_due_minor, 0)) end as not_due_minor,
       case when r.kind = 'reversal' and p.since is distinct from r.since then b.oldest_due_on end as back_on
  from came r
  left join came p
    on r.kind = 'reversal'
   and p.borrower_id = r.borrower_id and p.loan_no = r.loan_no and p.payment_no = r.reverses
   and p.position_from = r.position_from
  left join payments o
    on r.kind = 'reversal' and o.borrower_id = r.borrower_id and o.payment_no = r.reverses
  left join tape_positions b
    on b.borrower_id = o.borrower_id and b.loan_no = o.loan_no
   and b.valid_from < o.paid_on and b.valid_to >= o.paid_on;

create temp table standing on commit drop as
with days as (
  select borrower_id, loan_no, position_from, since, until, on_date, outstanding_minor, past_due_minor,
         oldest_due_on,
         sum(sum(received_minor)) over upto as received_minor,
         sum(sum(received_minor + not_due_minor)) over upto as off_due_minor,
         min(min(back_on)) over upto as back_on
    from moves
   group by borrower_id, loan_no, position_from, since, until, on_date, outstanding_minor, past_due_minor,
            oldest_due_on
  window upto as (partition by borrower_id, loan_no, position_from, since order by on_date)
), owed as (
  select *, outstanding_minor - received_minor as left_minor,
         case when least(oldest_due_on, back_on) is null then 0
              else greatest(0, least(past_due_minor - off_due_minor, outstanding_minor - received_minor))
         end as due_minor
    from days
)
select o.borrower_id, o.loan_no, o.position_from, o.on_date, o.until,
       o.left_minor::bigint as outstanding_minor, o.due_minor::bigint as past_due_minor,
       case when o.due_minor = 0 then null
            when o.back_on is not null then least(o.oldest_due_on, o.back_on)
            else greatest(o.oldest_due_on, i.due_on) end as oldest_due_on
  from owed o
  -- Money serves the oldest instalment first, so what is left is of the newest: the one that it reaches back
  -- to. Without the schedule, or where more is past due than it says, the oldest day stays.
  left join lateral (
    select max(due_on) as due_on
      from (select due_on, sum(principal_minor + interest_minor + fees_minor)
                             over (order by due_on desc, instalment_no desc) as from_here_minor
              from instalments
             where borrower_id = o.borrower_id and loan_no = o.loan_no and due_on <= o.since) n
     where from_here_minor >= o.due_minor) i on o.due_minor > 0;

-- All pieces of the tape's days: as stated, as moved, and as stated again after the next tape.
create temp table pieces on commit drop as
with starts as (
  select borrower_id, loan_no, position_from, on_date as valid_from, outstanding_minor, past_due_minor,
         oldest_due_on
    from standing
  union all
  select t.borrower_id, t.loan_no, t.valid_from, d.on_date, t.outstanding_minor, t.past_due_minor,
         t.oldest_due_on
    from (select borrower_id, loan_no, position_from, position_from as on_date from standing
          union
          select borrower_id, loan_no, position_from, until from standing where until < date 'infinity') d
    join tape_positions t
      on t.borrower_id = d.borrower_id and t.loan_no = d.loan_no and t.valid_from = d.position_from
     and d.on_date < t.valid_to
)
select borrower_id, loan_no, valid_from,
       lead(valid_from, 1, date 'infinity')
         over (partition by borrower_id, loan_no, position_from order by valid_from) as valid_to,
       position_from, outstanding_minor, past_due_minor, oldest_due_on
  from starts;

create temp table unlike on commit drop as
with held as (
  select m.* from moved_positions m join followed using (borrower_id, loan_no)
)
select borrower_id, loan_no, valid_from, past_due_minor, oldest_due_on, true as is_new
  from (select * from pieces except select * from held) n
union all
select borrower_id, loan_no, valid_from, past_due_minor, oldest_due_on, false
  from (select * from held except select * from pieces) o;

delete from moved_positions m
 using unlike u
 where not u.is_new
   and m.borrower_id = u.borrower_id and m.loan_no = u.loan_no and m.valid_from = u.valid_from;

insert into moved_positions
  (borrower_id, loan_no, valid_from, valid_to, position_from, outstanding_minor, past_due_minor,
   oldest_due_on)
select n.borrower_id, n.loan_no, n.valid_from, n.valid_to, n.position_from, n.outstanding_minor,
       n.past_due_minor, n.oldest_due_on
  from pieces n
  join unlike u
    on u.is_new and u.borrower_id = n.borrower_id and u.loan_no = n.loan_no and u.valid_from = n.valid_from;

insert into delinquency_corrections (borrower_id, loan_no, from_on)
select u.borrower_id, u.loan_no, min(u.valid_from)
  from unlike u
 where u.valid_from <= (select max(as_of) from nights where finished_at is not null)
 group by u.borrower_id, u.loan_no
on conflict (borrower_id, loan_no) do update
   set from_on = least(delinquency_corrections.from_on, excluded.from_on)
 where delinquency_corrections.from_on > excluded.from_on;

drop table late, followed, between_tapes, between_told, came, moves, standing, pieces, unlike;
