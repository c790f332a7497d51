-- What was entered can be taken back, and money since a charge-off that was entered late is a recovery.
insert into movement_kinds
values
  ('interest_undone', 'income', 'receivable', 'interest that was charged is no longer owed'),
  ('penalty_undone', 'income', 'receivable', 'penalty that was charged is no longer owed'),
  ('fee_undone', 'income', 'receivable', 'a fee or cost that was charged is no longer owed'),
  ('refund_undone', 'cash', 'receivable', 'what went back came in again'),
  ('charge_off_undone', 'receivable', 'charged_off', 'the loss is no longer recognised'),
  ('collection_fee_undone', 'cash', 'collection_cost', 'an agency gave its fee back'),
  ('to_recovery', 'receivable', 'charged_off', 'money since the charge-off is a recovery'),
  ('from_recovery', 'charged_off', 'receivable', 'without the charge-off money is no recovery');

-- Charge-offs are few: whether a loan has one is asked of each payment.
create index movements_charge_offs on movements (borrower_id, loan_no) where kind = 'charge_off';

-- Charge-offs that were entered and not taken back, whatever a tape says of the loan meanwhile.
create view charge_offs_in_force as
select c.borrower_id, c.loan_no, min(c.on_date) as on_date
  from movements c
 where c.kind = 'charge_off'
   and not exists (
     select from movements u
      where u.borrower_id = c.borrower_id and u.loan_no = c.loan_no
        and u.movement_no = c.movement_no || ':undone')
 group by c.borrower_id, c.loan_no;

-- As it was, with the charge-offs: they move nothing that is owed, but a position tells them. A payment that
-- no night has posted yet is what the night will call it.
create or replace view money_moved as
select m.borrower_id, m.loan_no, m.movement_no, m.on_date, m.kind, m.reason,
       coalesce(m.part, case when m.kind in ('fee', 'interest', 'penalty') then m.kind end) as part,
       sum(e.amount_minor)::bigint as change_minor
  from movements m
  join entries e
    on e.borrower_id = m.borrower_id and e.loan_no = m.loan_no and e.movement_no = m.movement_no
 where e.account in ('receivable', 'charged_off')
 group by m.borrower_id, m.loan_no, m.movement_no, m.on_date, m.kind, m.reason, m.part
having sum(e.amount_minor) <> 0 or m.kind in ('charge_off', 'charge_off_undone')
union all
select p.borrower_id, p.loan_no, 'payment:' || p.payment_no, p.paid_on,
       case when l.status is distinct from 'charged_off' and not exists (
                   select from charge_offs_in_force c
                    where c.borrower_id = p.borrower_id and c.loan_no = p.loan_no)
            then p.kind
            when p.kind = 'payment' then 'recovery'
            else 'recovery_reversal' end,
       null, null, case p.kind when 'payment' then -p.amount_minor else p.amount_minor end
  from payments p
  left join loans l on l.borrower_id = p.borrower_id and l.loan_no = p.loan_no
 where not exists (
   select from movements m
    where m.borrower_id = p.borrower_id and m.loan_no = p.loan_no
      and m.movement_no = 'payment:' || p.payment_no);
