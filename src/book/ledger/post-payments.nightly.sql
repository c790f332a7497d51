-- Posts what the day's files brought, and those for earlier days that came since the night before, or once
-- this night had run: each payment or reversal becomes one movement with two entries that cancel out. A
-- movement is named for its payment, so the same night again, or a payment that came by another way before,
-- posts nothing. Money on a charged-off loan is a recovery: the loss was recognised already, by the
-- tape or by a charge-off that was entered.
-- reads: payments, loans, loads, nights, movement_kinds, movements   writes: movements, entries
-- As a rule there is no such file, and the planner shall know it: the day's own are found by their day.
create temp table late on commit drop as
select distinct as_of
  from loads
 where kind = 'payments'
   and state = 'applied'
   and as_of < :as_of
   and (as_of > coalesce((select max(as_of) from nights where as_of < :as_of), '-infinity')
        or loaded_at > (select started_at from nights where as_of = :as_of));
analyze late;

insert into movements
  (borrower_id, loan_no, movement_no, kind, on_date, entered_on, currency, amount_minor, actor)
select p.borrower_id, p.loan_no, 'payment:' || p.payment_no,
       case
         when l.status is distinct from 'charged_off' and c.loan_no is null then p.kind
         when p.kind = 'payment' then 'recovery'
         else 'recovery_reversal'
       end,
       p.paid_on, :as_of, p.currency, p.amount_minor, 'night'
  from (
    select * from payments where loaded_as_of = :as_of
    union all
    select p.* from late join payments p on p.loaded_as_of = late.as_of) p
  left join loans l using (borrower_id, loan_no)
  left join charge_offs_in_force c using (borrower_id, loan_no)
on conflict do nothing;

insert into entries (borrower_id, loan_no, movement_no, account, amount_minor)
select m.borrower_id, m.loan_no, m.movement_no, side.account, side.amount_minor
  from (
    select borrower_id, loan_no, payment_no from payments where loaded_as_of = :as_of
    union all
    select p.borrower_id, p.loan_no, p.payment_no
      from late
      join payments p on p.loaded_as_of = late.as_of) p
  join movements m
    on m.borrower_id = p.borrower_id
   and m.loan_no = p.loan_no
   and m.movement_no = 'payment:' || p.payment_no
  join movement_kinds k on k.kind = m.kind
 cross join lateral (values (k.debit, m.amount_minor), (k.credit, -m.amount_minor))
   as side (account, amount_minor)
on conflict do nothing;

drop table late;
