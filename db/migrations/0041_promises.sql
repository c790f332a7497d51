-- The borrower's word. A promise never moves a due date; the ledger judges it.

create table promises (
  borrower_id    bigint not null,
  loan_no        text not null,
  -- counted on the loan, under the borrower's lock
  promise_no     int not null check (promise_no > 0),
  -- the instalment it was given for, where one was named
  instalment_no  int,
  made_on        date not null,
  due_on         date not null check (due_on >= made_on),
  -- money from made_on to counts_until, both included, counts: the grace, or the day before a newer word
  -- replaced it
  counts_until   date not null check (counts_until >= due_on or replaced_on is not null),
  currency       text not null,
  promised_minor bigint not null check (promised_minor > 0),
  -- others were given on this loan the same day: they share their money
  one_of_several boolean not null default false,
  -- what is enough to be kept: the promised amount less the tolerance at that time
  enough_minor   bigint not null check (enough_minor between 1 and promised_minor),
  channel        text not null check (channel in ('call', 'portal', 'message', 'visit', 'letter')),
  taken_by       text not null,
  outcome        text check (outcome in ('kept', 'partly_kept', 'broken', 'cancelled')),
  judged_on      date,
  paid_minor     bigint,
  replaced_on    date,
  reason         text,
  check ((outcome is null) = (judged_on is null)),
  primary key (borrower_id, loan_no, promise_no)
) with (fillfactor = 50);
-- No index holds outcome, judged_on or paid_minor: judging a promise then writes its row in place
-- (heap-only), which is what lets a night judge hundreds of thousands in seconds. The room for that is the
-- fill factor.
create index promises_by_end on promises (counts_until);
create index promises_of_one_day on promises (borrower_id, loan_no, made_on) where one_of_several;

-- A judgement that a reversal or a back-dated payment overturned: what it was, what it is.
create table promise_rejudgements (
  borrower_id bigint not null,
  loan_no     text not null,
  promise_no  int not null,
  as_of       date not null,
  was         text not null,
  was_minor   bigint not null,
  now_is      text,
  now_minor   bigint not null,
  primary key (borrower_id, loan_no, promise_no, as_of),
  foreign key (borrower_id, loan_no, promise_no) references promises
);

insert into settings (name, effective_from, value)
values
  -- how much may be missing of a promise that still counts as kept, in 1/10000 of it
  ('promise_tolerance_bps', '0001-01-01', '500'),
  -- days after the promised day on which money still counts
  ('promise_grace_days', '0001-01-01', '1'),
  -- how far ahead a promise may be
  ('promise_window_days', '0001-01-01', '30'),
  -- open promises on one loan
  ('promises_per_loan_max', '0001-01-01', '4');
