-- What was agreed or asked, and what the ledger found, becomes holds and their ends: a plan that performs
-- (CN-L3), a hardship request that is looked at, a balance that differs from the tape's, a disputed
-- instalment or part. The button records the same facts under the same ids at once; the night makes up for
-- whatever a button did not reach, and ends what a night before it has ended. A plan that performs again
-- after a breach or its completion (its money moved) is held anew, under an id of that day: its first hold
-- was released and stays so. The same holds for one that somebody released while the plan performs: only the
-- plan's end ends it.
-- reads: performing_plans, hardship_requests, balance_differences, disputed_instalments, disputed_parts
-- reads: holds   writes: holds, hold_releases
with wanted as (
  select p.borrower_id,
         -- concat_ws leaves out a null: the first hold has the button's id
         md5(concat_ws(' ', 'plan', p.borrower_id, p.loan_no, p.plan_no,
                       case when own.hold_id is not null then :as_of::date end))::uuid as hold_id,
         'plan_performing' as kind, 'standard' as variant, array[p.loan_no] as debts,
         'plan ' || p.plan_no || ' performs' as reason,
         -- a release ends what began up to its instant
         greatest(:as_of::timestamptz, released.at + interval '1 microsecond') as at
    from performing_plans p
    left join holds own
      on own.borrower_id = p.borrower_id
     and own.hold_id = md5(concat_ws(' ', 'plan', p.borrower_id, p.loan_no, p.plan_no))::uuid
   cross join lateral (
     select max(h.at) as at
       from holds h
      where h.borrower_id = p.borrower_id
        and h.kind = 'plan_performing'
        and (h.debts is null or p.loan_no = any (h.debts))) held
   cross join lateral (
     select max(r.at) as at
       from hold_releases r
      where r.borrower_id = p.borrower_id
        and r.kind = 'plan_performing'
        and (r.debts is null or p.loan_no = any (r.debts))) released
   where own.hold_id is null or released.at >= held.at
  union all
  select borrower_id, md5(concat_ws(' ', 'hardship', borrower_id, request_no))::uuid, 'hardship_review',
         'standard', loan_nos, 'hardship request ' || request_no, :as_of::timestamptz
    from hardship_requests
   where outcome is null
  union all
  -- after a release it is another hold, and later than that: what was released must not end it
  select d.borrower_id,
         md5(concat_ws(' ', 'difference', d.borrower_id, d.loan_no, d.as_of,
                       extract(epoch from r.last_at)))::uuid,
         'balance_differs', 'standard', array[d.loan_no],
         'the tape of ' || d.as_of || ' states another balance',
         greatest(:as_of::timestamptz, r.last_at + interval '1 microsecond')
    from balance_differences d
    left join (
      select borrower_id, debt as loan_no, max(at) as last_at
        from hold_releases cross join unnest(debts) debt
       where kind = 'balance_differs'
       group by borrower_id, debt) r using (borrower_id, loan_no)
   where d.explained_at is null
  union all
  select borrower_id,
         md5(concat_ws(' ', 'disputed', borrower_id, loan_no, instalment_no, disputed_on))::uuid,
         'disputed_part', 'standard', array[loan_no], 'instalment ' || instalment_no || ': ' || reason,
         :as_of::timestamptz
    from disputed_instalments
   where outcome is null
  union all
  select borrower_id, md5(concat_ws(' ', 'disputed', borrower_id, loan_no, part, disputed_on))::uuid,
         'disputed_part', case part when 'fee' then 'fees' else 'standard' end, array[loan_no],
         part || ': ' || reason, :as_of::timestamptz
    from disputed_parts
   where outcome is null
)
insert into holds (borrower_id, hold_id, kind, variant, debts, at, recorded_at, recorded_by, reason)
select borrower_id, hold_id, kind, variant, debts, at, :as_of::timestamptz, 'night', reason
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
  -- explained by a person, or by a file that came since: then the difference itself is gone
  select h.borrower_id, h.hold_id, md5(concat_ws(' ', 'difference end', h.borrower_id, h.hold_id))::uuid,
         coalesce(d.explanation, 'files that came since explain the balance')
    from holds h
    left join balance_differences d
      on d.borrower_id = h.borrower_id and array[d.loan_no] = h.debts
     and h.reason = 'the tape of ' || d.as_of || ' states another balance'
   where h.kind = 'balance_differs'
     and h.recorded_by = 'night'
     and not exists (
       select from balance_differences o
        where o.borrower_id = h.borrower_id and o.loan_no = any (h.debts) and o.explained_at is null)
     and not exists (
       select from hold_releases r
        where r.borrower_id = h.borrower_id and r.kind = h.kind and r.at >= h.at
          and (r.debts is null or h.debts <@ r.debts))
  union all
  select borrower_id, md5(concat_ws(' ', 'disputed', borrower_id, loan_no, what, disputed_on))::uuid,
         md5(concat_ws(' ', 'disputed end', borrower_id, loan_no, what, disputed_on))::uuid,
         named || ': ' || outcome
    from (
      select borrower_id, loan_no, instalment_no::text as what, 'instalment ' || instalment_no as named,
             disputed_on, outcome, decided_on
        from disputed_instalments
      union all
      select borrower_id, loan_no, part, part, disputed_on, outcome, decided_on
        from disputed_parts) d
   where decided_on between :as_of - 31 and :as_of
     -- something else of the loan is still disputed
     and not exists (
       select from disputed_instalments o
        where (o.borrower_id, o.loan_no) = (d.borrower_id, d.loan_no) and o.outcome is null)
     and not exists (
       select from disputed_parts o
        where (o.borrower_id, o.loan_no) = (d.borrower_id, d.loan_no) and o.outcome is null)
)
insert into hold_releases (borrower_id, release_id, kind, debts, at, recorded_at, recorded_by, reason)
select e.borrower_id, e.release_id, h.kind, h.debts, greatest(h.at, :as_of::timestamptz),
       :as_of::timestamptz, 'night',
       e.reason
  from ended e
  join holds h on h.borrower_id = e.borrower_id and h.hold_id = e.hold_id
on conflict do nothing;
