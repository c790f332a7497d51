-- Who needs a person today, with what the order of the list goes by: found by one step of the night for each
-- borrower by itself, and ranked by the next one beside all others.
create table work_today (
  borrower_id    bigint primary key,
  lender         text not null,
  product        text not null,
  -- the loan that matters most, the bucket in which it stands, and when it rolls on
  loan_no        text not null,
  currency       text not null,
  rolls_from     text not null,
  rolls_on       date,
  zones          text[] not null,
  -- of all loans to work
  oldest_due_on  date not null,
  bucket         text not null,
  past_due_minor bigint not null
);
-- Scratch of the night: neither read nor written for a person.
revoke all on work_today from amends_desk;
