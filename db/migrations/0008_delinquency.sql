-- Which loans are late, since when, in which bucket. Dates are stored, days are counted from them.

-- A stretch of days in one bucket. valid_to is the first day on which it no longer held; empty: it holds.
create table delinquencies (
  borrower_id bigint not null,
  loan_no     text not null,
  valid_from  date not null,
  valid_to    date check (valid_to > valid_from),
  bucket      text not null,
  -- new: came from current; otherwise it rolled here from an earlier or a later bucket
  began_as    text not null check (began_as in ('new', 'roll_forward', 'roll_back')),
  -- cure: current again with money received; reset: current again without
  ended_as    text check (ended_as in ('roll_forward', 'roll_back', 'cure', 'reset', 'closed')),
  check ((valid_to is null) = (ended_as is null)),
  primary key (borrower_id, loan_no, valid_from)
);
create index delinquencies_open on delinquencies (borrower_id, loan_no) where valid_to is null;
create index delinquencies_by_end on delinquencies (valid_to);

-- The same for the risk class that the lender's pack asks for; loans of class 1 (normal) have no row.
create table risk_classes (
  borrower_id bigint not null,
  loan_no     text not null,
  valid_from  date not null,
  valid_to    date check (valid_to > valid_from),
  pack        text not null,
  risk_class  int not null check (risk_class between 2 and 5),
  primary key (borrower_id, loan_no, valid_from)
);
create index risk_classes_open on risk_classes (borrower_id, loan_no) where valid_to is null;

-- Loans whose past was corrected, and from which day: the night derives their history anew and empties the
-- list.
create table delinquency_corrections (
  borrower_id bigint not null,
  loan_no     text not null,
  from_on     date not null,
  primary key (borrower_id, loan_no)
);

-- What the settings come to: the bucket edges, day origin and grace of every lender and product, with the
-- days on which they hold. rank orders the buckets. Derived by the step refresh-edges, which every change of
-- a setting runs, too: a table, so that the planner knows how many there are.
create table bucket_edges (
  lender         text not null,
  product        text not null,
  effective_from date not null,
  effective_to   date not null,
  bucket         text not null,
  rank           int not null,
  from_days      int not null,
  to_days        int,
  day_origin     int not null,
  grace_days     int not null,
  primary key (lender, product, effective_from, rank)
);

-- Every stretch of days that a loan spends in a bucket: the one home of the rule. Days past due on d are
-- d - oldest_due_on + day_origin, so a bucket from a to b days holds from oldest_due_on - day_origin + a
-- to oldest_due_on - day_origin + b, as far as the position and the edges hold.
create view bucket_segments as
select p.borrower_id, p.loan_no, p.lender, p.product, p.currency, p.valid_from, p.valid_to, e.bucket, e.rank,
       greatest(p.valid_from, e.effective_from, p.oldest_due_on - e.day_origin + e.from_days) as starts_on,
       least(p.valid_to, e.effective_to,
             coalesce(p.oldest_due_on - e.day_origin + e.to_days + 1, date 'infinity')) as ends_on,
       p.oldest_due_on, e.day_origin, p.outstanding_minor, p.past_due_minor
  from positions p
  join bucket_edges e on (e.lender, e.product) = (p.lender, p.product)
 where p.oldest_due_on is not null
   and p.status in ('active', 'charged_off')
   and greatest(p.valid_from, e.effective_from, p.oldest_due_on - e.day_origin + e.from_days)
     < least(p.valid_to, e.effective_to,
             coalesce(p.oldest_due_on - e.day_origin + e.to_days + 1, date 'infinity'));

-- Grades by law. A loan is of the class whose threshold it has passed: more than after_days, or more than
-- after_months (Taiwan counts calendar months), past due. The clause stands with each.
create table risk_class_edges (
  pack         text not null,
  card         boolean not null,
  secured      boolean not null,
  risk_class   int not null check (risk_class between 2 and 5),
  after_days   int,
  after_months int,
  clause       text not null,
  primary key (pack, card, secured, risk_class),
  check (num_nonnulls(after_days, after_months) = 1)
);

insert into risk_class_edges
select pack, card, secured, risk_class, after_days, after_months, clause
  from (values
    -- special mention from the first day past due; which of the two rules governs cards is for counsel
    -- (CN-B2, CN-B7)
    ('cn', false, 2, 0, null::int, 'Risk classification Order 2023 No. 1, art. 10'),
    ('cn', false, 3, 90, null, 'Risk classification Order 2023 No. 1, art. 11'),
    ('cn', false, 4, 270, null, 'Risk classification Order 2023 No. 1, art. 12'),
    ('cn', false, 5, 360, null, 'Risk classification Order 2023 No. 1, art. 13'),
    ('cn', true, 2, 0, null, 'Credit card business measures 2011 No. 2, art. 92'),
    ('cn', true, 3, 90, null, 'Credit card business measures 2011 No. 2, art. 92'),
    ('cn', true, 4, 120, null, 'Credit card business measures 2011 No. 2, art. 92'),
    ('cn', true, 5, 180, null, 'Credit card business measures 2011 No. 2, art. 92')
  ) as cn (pack, card, risk_class, after_days, after_months, clause),
  (values (true), (false)) as s (secured)
union all
select 'tw', card, secured, risk_class, null, after_months,
       '銀行資產評估損失準備提列及逾期放款催收款呆帳處理辦法 (2014-01-28), art. 4'
  from (values
    (false, 2, 1), (false, 3, 3), (false, 4, 6), (false, 5, 12),
    (true, 2, 1), (true, 3, 12)
  ) as tw (secured, risk_class, after_months),
  (values (true), (false)) as c (card);
