-- The risk class of every loan past due, by the grades of the lender's packs; of several, the worst. A class
-- is a dated row, written when it changes; loans of class 1 have none. What an earlier run of the same night
-- wrote is taken back first where it differs now.
-- reads: positions, settings_in_force, risk_class_edges, loans   writes: risk_classes
create temp table reclassed on commit drop as
with graded as (
  select s.lender, s.product, pack
    from settings_in_force s
   cross join lateral jsonb_array_elements_text(s.value) as pack
   where s.name = 'packs' and s.effective_from <= :as_of and :as_of < s.effective_to
), target as (
  select distinct on (p.borrower_id, p.loan_no) p.borrower_id, p.loan_no, e.pack, e.risk_class
    from graded g
    join positions p on (p.lender, p.product) = (g.lender, g.product)
    join loans l using (borrower_id, loan_no)
    join risk_class_edges e
      on e.pack = g.pack
     and e.card = (p.product = 'card')
     and e.secured = coalesce(l.secured, false)
     and (:as_of - p.oldest_due_on > e.after_days
          or :as_of > p.oldest_due_on + make_interval(months => e.after_months))
   where p.valid_from <= :as_of and p.valid_to > :as_of
     and p.oldest_due_on < :as_of
     and p.status in ('active', 'charged_off')
   order by p.borrower_id, p.loan_no, e.risk_class desc, e.pack
), held as (
  select borrower_id, loan_no, pack, risk_class from risk_classes where valid_to is null
)
select borrower_id, loan_no, target.pack, target.risk_class
  from target full join held using (borrower_id, loan_no)
 where (target.pack, target.risk_class) is distinct from (held.pack, held.risk_class);

analyze reclassed;

delete from risk_classes c
 using reclassed r
 where (c.borrower_id, c.loan_no) = (r.borrower_id, r.loan_no) and c.valid_from = :as_of;

update risk_classes c
   set valid_to = null
  from reclassed r
 where (c.borrower_id, c.loan_no) = (r.borrower_id, r.loan_no) and c.valid_to = :as_of;

update risk_classes c
   set valid_to = :as_of
  from reclassed r
 where (c.borrower_id, c.loan_no) = (r.borrower_id, r.loan_no)
   and c.valid_to is null
   and (c.pack, c.risk_class) is distinct from (r.pack, r.risk_class);

insert into risk_classes (borrower_id, loan_no, valid_from, pack, risk_class)
select r.borrower_id, r.loan_no, :as_of, r.pack, r.risk_class
  from reclassed r
 where r.risk_class is not null
   and not exists (
     select from risk_classes c
      where (c.borrower_id, c.loan_no) = (r.borrower_id, r.loan_no) and c.valid_to is null);

drop table reclassed;
