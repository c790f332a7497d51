-- Cases that need a person today, each with its reasons and its place in the order.
-- reads: work_today, promises, plans, contacts, packs, settings   writes: worklist_items
-- in parts

-- Loan and borrower always go together; the planner takes them for independent and would loop where it must
-- hash.
set local enable_nestloop = off
;
set local enable_mergejoin = off
;
-- Hours in which every pack of the lender allows a call.
create temp table call_hours on commit drop as
select s.lender, s.product, max(k.opens) as opens, min(k.closes) as closes
  from settings_in_force s
 cross join lateral jsonb_array_elements_text(s.value) as p (pack)
  join packs_in_force v
    on v.pack = p.pack
   and v.from_on <= :as_of
   and v.to_on > :as_of
  join rule_checks k
    on k.pack_version = v.pack_version
   and k.check_kind = 'contact_hours'
   and (k.channels is null or 'call' = any (k.channels))
   and (k.products is null or s.product = any (k.products))
 where s.name = 'packs'
   and s.effective_from <= :as_of
   and s.effective_to > :as_of
 group by 1, 2
;
-- The same as a stretch of the day in UTC, for the zones of each person: where all of them are open.
create temp table call_windows on commit drop as
select lender, product, zones,
       case when from_at < until_at then from_at::time else '00:00' end as opens,
       case when from_at < until_at then until_at::time else '00:00' end as closes
  from (
    select d.lender, d.product, d.zones,
           max((:as_of + h.opens) at time zone k.zone) at time zone 'UTC' as from_at,
           min((:as_of + h.closes) at time zone k.zone) at time zone 'UTC' as until_at
      from (select distinct lender, product, zones from work_today
             where true and true /* part of work_today */) d
      join call_hours h using (lender, product)
      join known_zones k on k.zone = any (d.zones)
     group by 1, 2, 3) hours
;
delete from worklist_items i
 where not exists (select from work_today w where w.borrower_id = i.borrower_id)
   and true /* part of i */
;
-- What was done or put off on an earlier day comes back; what stands as it is, is not written.
insert into worklist_items as i
  (borrower_id, lender, loan_no, currency, past_due_minor, oldest_due_on, bucket, score, reasons, call_opens,
   call_closes, zones)
with talked as (
  select borrower_id, max(at)::date as last_on
    from (select borrower_id, at from contact_attempts
          union all
          select borrower_id, at from outside_contacts) contacts
   where borrower_id in (select borrower_id from work_today)
     and true /* part of contacts */
   group by 1
), broken as (
  select distinct on (borrower_id)
         borrower_id, judged_on, due_on, currency, promised_minor, paid_minor, outcome
    from promises
   where outcome in ('broken', 'partly_kept')
     and judged_on > :as_of - 14
     and borrower_id in (select borrower_id from work_today)
     and true /* part of promises */
   order by borrower_id, judged_on desc, promised_minor desc
), breached as (
  select borrower_id, max(ended_on) as ended_on
    from plans
   where outcome = 'breached'
     and ended_on > :as_of - 14
     and true /* part of plans */
   group by 1
), ranked as (
  -- Money of different currencies cannot be compared: its rank within its own currency, in twentieths.
  select borrower_id,
         round(cume_dist() over (partition by currency order by past_due_minor) * 20) / 20 as money
    from work_today
), weighed as (
  select w.*, t.last_on, b.judged_on, b.due_on, b.promised_minor, b.paid_minor,
         b.currency as promise_currency,
         h.ended_on,
         r.money,
         1 + greatest(0, 7 - coalesce(w.rolls_on - :as_of, 7))::numeric / 7
           + case when t.last_on is null then 0.3 else 0 end as urgency,
         case when b.judged_on >= :as_of - 2 then 2
              when b.judged_on is not null then 1.5
              when h.ended_on is not null then 1.5
              else 1 end as promise
    from work_today w
    join ranked r using (borrower_id)
    left join talked t using (borrower_id)
    left join broken b using (borrower_id)
    left join breached h using (borrower_id)
   where true
     and true /* part of w */
)
select w.borrower_id, w.lender, w.loan_no, w.currency, w.past_due_minor, w.oldest_due_on, w.bucket,
       round(1000 * (0.1 + w.money) * w.urgency * w.promise)::bigint as score,
       to_jsonb(array_remove(array[
         case when w.judged_on is not null then
           jsonb_build_object(
             'reason', 'promise_broken', 'on', w.judged_on, 'due_on', w.due_on,
             'promised', to_decimal(w.promised_minor, c.exponent),
             'paid', to_decimal(coalesce(w.paid_minor, 0), c.exponent),
             'currency', w.promise_currency) end,
         case when w.ended_on is not null then
           jsonb_build_object('reason', 'plan_broken', 'on', w.ended_on) end,
         case when w.rolls_on - :as_of <= 14 then
           jsonb_build_object('reason', 'rolls', 'on', w.rolls_on, 'bucket', w.rolls_from) end,
         case when w.last_on is null then '{"reason": "never_contacted"}'
              else jsonb_build_object('reason', 'last_contact', 'on', w.last_on) end,
         jsonb_build_object('reason', 'past_due_since', 'on', w.oldest_due_on)], null)) as reasons,
       h.opens as call_opens, h.closes as call_closes, w.zones
  from weighed w
  join currencies c on c.currency = w.currency
  left join call_windows h on (h.lender, h.product, h.zones) = (w.lender, w.product, w.zones)
 -- The order of the key: the list is then filled without a walk down its tree for each.
 order by w.borrower_id
on conflict (borrower_id) do update
   set lender = excluded.lender, loan_no = excluded.loan_no, currency = excluded.currency,
       past_due_minor = excluded.past_due_minor, oldest_due_on = excluded.oldest_due_on,
       bucket = excluded.bucket,
       score = excluded.score, reasons = excluded.reasons, call_opens = excluded.call_opens,
       call_closes = excluded.call_closes, zones = excluded.zones,
       done_on = case when i.done_on >= :as_of then i.done_on end,
       done_by = case when i.done_on >= :as_of then i.done_by end,
       done_with = case when i.done_on >= :as_of then i.done_with end
 where (i.lender, i.loan_no, i.currency, i.past_due_minor, i.oldest_due_on, i.bucket, i.score, i.reasons,
        i.zones)
       is distinct from
       (excluded.lender, excluded.loan_no, excluded.currency, excluded.past_due_minor, excluded.oldest_due_on,
        excluded.bucket, excluded.score, excluded.reasons, excluded.zones)
    or (i.call_opens, i.call_closes) is distinct from (excluded.call_opens, excluded.call_closes)
    or i.done_on < :as_of
;
set local enable_nestloop = on
;
set local enable_mergejoin = on
;
-- The next case is found along the order of the list: the planner must know how long it is.
analyze worklist_items (borrower_id, lender, score, done_on)
;
