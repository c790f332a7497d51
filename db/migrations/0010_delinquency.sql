-- Every stretch of days on which a loan is at least of a risk class by one of its lender's packs: the one
-- home of the rule. A loan is of the worst class that holds on a day; of class 1 where none does.
create view risk_segments as
select p.borrower_id, p.loan_no, p.valid_from, p.valid_to, e.pack, e.risk_class,
       greatest(p.valid_from, s.effective_from, passed.on_day) as starts_on,
       least(p.valid_to, s.effective_to) as ends_on
  from settings_in_force s
 cross join lateral jsonb_array_elements_text(s.value) as named (pack)
  join positions p on (p.lender, p.product) = (s.lender, s.product)
  join loans l using (borrower_id, loan_no)
  join risk_class_edges e
    on e.pack = named.pack
   and e.card = (p.product = 'card')
   and e.secured = coalesce(l.secured, false)
 cross join lateral (
   select coalesce(p.oldest_due_on + e.after_days,
                   (p.oldest_due_on + make_interval(months => e.after_months))::date) + 1 as on_day
 ) passed
 where s.name = 'packs'
   and p.oldest_due_on is not null
   and p.status in ('active', 'charged_off')
   and greatest(p.valid_from, s.effective_from, passed.on_day) < least(p.valid_to, s.effective_to);
