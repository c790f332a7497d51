-- What is past due is what money since the tape left of it; a bounce makes a loan one to work again.
create or replace view loans_to_work as
select l.borrower_id, l.loan_no, l.lender, l.product, l.currency, l.past_due_minor, l.oldest_due_on
  from positions l
 where l.valid_to = date 'infinity'
   and l.oldest_due_on is not null
   and l.status in ('active', 'charged_off')
   and l.past_due_minor > 0
   and not exists (
     select from promises p
      where p.borrower_id = l.borrower_id
        and p.loan_no = l.loan_no
        and p.outcome is null
        and p.replaced_on is null)
   and not exists (
     select from plans p
      where p.borrower_id = l.borrower_id
        and p.loan_no = l.loan_no
        and p.agreed_on is not null
        and p.outcome is null)
   and not exists (
     select from settlements s
      where s.borrower_id = l.borrower_id
        and s.loan_no = l.loan_no
        and s.accepted_on is not null
        and (s.outcome is null or s.outcome = 'completed'))
   and not exists (
     select from holds h
      where h.borrower_id = l.borrower_id
        and (h.debts is null or l.loan_no = any (h.debts))
        and not exists (
          select from hold_releases r
           where r.borrower_id = h.borrower_id
             and r.kind = h.kind
             and r.at >= h.at
             and (r.debts is null or l.loan_no = any (r.debts))));
