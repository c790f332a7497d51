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

-- Every position that ever held: the tape's, or where money moved it, its pieces.
create or replace view positions as
select t.borrower_id, t.loan_no, t.lender, t.product, t.currency, t.valid_from, t.valid_to,
       t.status, t.outstanding_minor, t.past_due_minor, t.oldest_due_on,
       t.principal_minor, t.interest_minor, t.penalty_minor, t.fees_minor
  from tape_positions t
 where not exists (
   select from moved_positions m
    where m.borrower_id = t.borrower_id and m.loan_no = t.loan_no and m.position_from = t.valid_from)
union all
select t.borrower_id, t.loan_no, t.lender, t.product, t.currency, m.valid_from, least(m.valid_to, t.valid_to),
       t.status, m.outstanding_minor, m.past_due_minor, m.oldest_due_on,
       t.principal_minor, t.interest_minor, t.penalty_minor, t.fees_minor
  from moved_positions m
  join tape_positions t
    on t.borrower_id = m.borrower_id and t.loan_no = m.loan_no and t.valid_from = m.position_from
 where m.valid_from < t.valid_to;
