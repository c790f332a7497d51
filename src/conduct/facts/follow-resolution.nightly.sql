-- What was agreed or asked, and what the ledger found, becomes holds and their ends: a plan that performs
-- (CN-L3), a hardship request that is looked at, a balance that differs from the tape's, a disputed
-- instalment. The button records
-- the same facts under the same ids at once; the night makes up for whatever a button did not reach, and
-- ends what a night before it has ended.
-- reads: performing_plans, hardship_requests, balance_differences, disputed_instalments   writes: holds,
-- hold_releases
with wanted as (
  select borrower_id, md5(concat_ws(' ', 'plan', borrower_id, loan_no, plan_no))::uuid as hold_id,
         'plan_performing' as kind, array[loan_no] as debts, 'plan ' || plan_no || ' performs' as reason
    from performing_plans
  union all
  select borrower_id, md5(concat_ws(' ', 'hardship', borrower_id, request_no))::uuid, 'hardship_review',
         loan_nos,
         'hardship request ' || request_no
    from hardship_requests
   where outcome is null
  union all
  select borrower_id, md5(concat_ws(' ', 'difference', borrower_id, loan_no, as_of))::uuid, 'balance_differs',
         array[loan_no], 'the tape of ' || as_of || ' states another balance'
    from balance_differences
   where explained_at is null
  union all
  select borrower_id,
         md5(concat_ws(' ', 'disputed', borrower_id, loan_no, instalment_no, disputed_on))::uuid,
         'disputed_part', array[loan_no], 'instalment ' || instalment_no || ': ' || reason
    from disputed_instalments
   where outcome is null
)
insert into holds (borrower_id, hold_id, kind, debts, at, recorded_at, recorded_by, reason)
select borrower_id, hold_id, kind, debts, :as_of::timestamptz, :as_of::timestamptz, 'night', reason
  from wanted
on conflict do nothing;

with ended as (
  select p.borrower_id, md5(concat_ws(' ', 'plan', p.borrower_id, p.loan_no, p.plan_no))::uuid as hold_id,
         md5(concat_ws(' ', 'plan end', p.borrower_id, p.loan_no, p.plan_no, p.ended_on))::uuid as release_id,
         'plan ' || p.plan_no || ': ' || p.outcome as reason
    from plans p
   where p.ended_on between :as_of - 31 and :as_of
     -- the plan that took its place goes on
     and not exists (
       select from performing_plans n where (n.borrower_id, n.loan_no) = (p.borrower_id, p.loan_no))
  union all
  select borrower_id, md5(concat_ws(' ', 'hardship', borrower_id, request_no))::uuid,
         md5(concat_ws(' ', 'hardship end', borrower_id, request_no))::uuid,
         'hardship request ' || request_no || ': ' || outcome
    from hardship_requests
   where decided_on between :as_of - 31 and :as_of
  union all
  select borrower_id, md5(concat_ws(' ', 'difference', borrower_id, loan_no, as_of))::uuid,
         md5(concat_ws(' ', 'difference end', borrower_id, loan_no, as_of))::uuid, explanation
    from balance_differences d
   where explained_at is not null
     -- another difference of the loan is still open
     and not exists (
       select from balance_differences o
        where (o.borrower_id, o.loan_no) = (d.borrower_id, d.loan_no) and o.explained_at is null)
  union all
  select borrower_id,
         md5(concat_ws(' ', 'disputed', borrower_id, loan_no, instalment_no, disputed_on))::uuid,
         md5(concat_ws(' ', 'disputed end', borrower_id, loan_no, instalment_no, disputed_on))::uuid,
         'instalment ' || instalment_no || ': ' || outcome
    from disputed_instalments d
   where decided_on between :as_of - 31 and :as_of
     -- another instalment of the loan is still disputed
     and not exists (
       select from disputed_instalments o
        where (o.borrower_id, o.loan_no) = (d.borrower_id, d.loan_no) and o.outcome is null)
)
insert into hold_releases (borrower_id, release_id, kind, debts, at, recorded_at, recorded_by, reason)
select e.borrower_id, e.release_id, h.kind, h.debts, greatest(h.at, :as_of::timestamptz),
       :as_of::timestamptz, 'night',
       e.reason
  from ended e
  join holds h on h.borrower_id = e.borrower_id and h.hold_id = e.hold_id
on conflict do nothing;
