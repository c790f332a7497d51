-- Money moves a position before the next tape says so. These are the days of a tape's position as it stood
-- once money that the book knew had come or gone: every piece of its days, the untouched ones, too.
-- position_from names the tape's position; valid_to is open until the lender's next tape, whose word counts.
create table moved_positions (
  borrower_id       bigint not null,
  loan_no           text not null,
  valid_from        date not null,
  valid_to          date not null check (valid_to > valid_from),
  position_from     date not null check (position_from <= valid_from),
  outstanding_minor bigint not null,
  past_due_minor    bigint not null check (past_due_minor >= 0),
  oldest_due_on     date,
  check ((oldest_due_on is null) = (past_due_minor = 0)),
  primary key (borrower_id, loan_no, valid_from)
);
create index moved_positions_by_end on moved_positions (valid_to);

-- What the lender stated, and nothing else: what the next tape is compared with.
create view tape_positions as
select borrower_id, loan_no, lender, product, currency, position_from as valid_from,
       date 'infinity' as valid_to,
       status, outstanding_minor, past_due_minor, oldest_due_on,
       principal_minor, interest_minor, penalty_minor, fees_minor
  from loans
union all
select borrower_id, loan_no, lender, product, currency, valid_from, valid_to,
       status, outstanding_minor, past_due_minor, oldest_due_on,
       principal_minor, interest_minor, penalty_minor, fees_minor
  from loan_positions;

-- Every position that ever held: the tape's, or where money moved it, its pieces. ends_by is no earlier than
-- the end, and known to an index: a night that asks for what holds today reads none of what has ended. The
-- tape's position of each piece is looked up by its key, as there are few pieces and many positions.
create or replace view positions as
select t.borrower_id, t.loan_no, t.lender, t.product, t.currency, t.valid_from, t.valid_to,
       t.status, t.outstanding_minor, t.past_due_minor, t.oldest_due_on,
       t.principal_minor, t.interest_minor, t.penalty_minor, t.fees_minor, t.valid_to as ends_by
  from tape_positions t
 where not exists (
   select from moved_positions m
    where m.borrower_id = t.borrower_id and m.loan_no = t.loan_no and m.position_from = t.valid_from)
union all
select m.borrower_id, m.loan_no, t.lender, t.product, t.currency, m.valid_from, least(m.valid_to, t.valid_to),
       t.status, m.outstanding_minor, m.past_due_minor, m.oldest_due_on,
       t.principal_minor, t.interest_minor, t.penalty_minor, t.fees_minor, m.valid_to as ends_by
  from moved_positions m
 cross join lateral (
   select * from tape_positions
    where borrower_id = m.borrower_id and loan_no = m.loan_no and valid_from = m.position_from
    limit 1) t
 where m.valid_from < t.valid_to;

create or replace view bucket_segments as
select p.borrower_id, p.loan_no, p.lender, p.product, p.currency, p.valid_from, p.valid_to, e.bucket, e.rank,
       greatest(p.valid_from, e.effective_from, p.oldest_due_on - e.day_origin + e.from_days) as starts_on,
       least(p.valid_to, e.effective_to,
             coalesce(p.oldest_due_on - e.day_origin + e.to_days + 1, date 'infinity')) as ends_on,
       p.oldest_due_on, e.day_origin, p.outstanding_minor, p.past_due_minor, p.ends_by
  from positions p
  join bucket_edges e on (e.lender, e.product) = (p.lender, p.product)
 where p.oldest_due_on is not null
   and p.status in ('active', 'charged_off')
   and greatest(p.valid_from, e.effective_from, p.oldest_due_on - e.day_origin + e.from_days)
     < least(p.valid_to, e.effective_to,
             coalesce(p.oldest_due_on - e.day_origin + e.to_days + 1, date 'infinity'));

create or replace view risk_segments as
select p.borrower_id, p.loan_no, p.valid_from, p.valid_to, e.pack, e.risk_class,
       greatest(p.valid_from, s.effective_from, passed.on_day) as starts_on,
       least(p.valid_to, s.effective_to) as ends_on, p.ends_by
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
