-- The tape of the day confirms what we expected, or differs: the position before plus what moved since
-- against what the lender now states. Beyond the setting the difference stays open, and no contact goes out
-- on that loan, until a person explains it. A difference that the newest files have removed goes; one that
-- was explained stays.
-- reads: loans, loan_positions, loads (tapes), entries, movements, settings_in_force   writes:
-- balance_differences
with compared as (
  select l.borrower_id, l.loan_no, l.currency, before.outstanding_minor as before_minor,
         coalesce(moved.minor, 0) as moved_minor, l.outstanding_minor as stated_minor,
         greatest((s.value ->> 'minor')::bigint,
                  before.outstanding_minor * (s.value ->> 'bps')::bigint / 10000) as limit_minor
    from loan_positions before
    join loans l using (borrower_id, loan_no)
    join settings_in_force s
      on s.name = 'balance_difference_limit'
     and (s.lender, s.product) = (l.lender, l.product)
     and s.effective_from <= :as_of
     and :as_of < s.effective_to
    left join lateral (
      select max(as_of) as as_of
        from loads
       where kind = 'loans' and state = 'applied' and l.lender = any (lenders) and as_of < :as_of
    ) tape on true
    left join lateral (
      select sum(e.amount_minor)::bigint as minor
        from movements m
        join entries e using (borrower_id, loan_no, movement_no)
       where m.borrower_id = l.borrower_id
         and m.loan_no = l.loan_no
         and e.account in ('receivable', 'charged_off')
         and m.on_date > coalesce(tape.as_of, before.valid_from)
         and m.on_date <= :as_of
    ) moved on true
   where before.valid_to = :as_of
     and l.position_from = :as_of
     and before.status in ('active', 'charged_off')
     and l.status in ('active', 'charged_off')
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
