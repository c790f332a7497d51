-- Movements of a loan's money that a person or the lender's system enters. The number is the enterer's own:
-- the same again is the same movement.
create table entered_movements (
  borrower_id  bigint not null,
  loan_no      text not null,
  movement_no  text not null,
  -- of the ledger's kinds; what takes another one back has the kind that undoes it
  kind         text not null,
  undoes       text,
  on_date      date not null,
  currency     text not null,
  amount_minor bigint not null check (amount_minor > 0),
  reason       text not null,
  entered_on   date not null check (entered_on >= on_date),
  entered_by   text not null,
  -- what gives something up, or out, waits for a second person of this level
  level_needed text,
  posted_on    date,
  rejected_on  date,
  check (num_nonnulls(posted_on, rejected_on) <= 1),
  check (level_needed is not null or posted_on is not null),
  primary key (borrower_id, loan_no, movement_no),
  foreign key (borrower_id, loan_no, undoes) references entered_movements
);

-- Taken back once; a taking back that was rejected leaves room for another.
create unique index entered_movements_undone_once
  on entered_movements (borrower_id, loan_no, undoes)
  where rejected_on is null and undoes is not null;
create index entered_movements_waiting on entered_movements (entered_on)
  where posted_on is null and rejected_on is null;
