-- Cases that need a person today, one row per borrower, filled by the night.

create table worklist_items (
  borrower_id       bigint primary key,
  lender            text not null,
  -- money × urgency × state of the promises; the highest is worked first
  score             bigint not null,
  -- the loan that matters most
  loan_no           text not null,
  currency          text not null,
  past_due_minor    bigint not null,
  oldest_due_on     date not null,
  bucket            text not null,
  -- facts with dates, the weightiest first; the desk puts them in words
  reasons           jsonb not null,
  -- clock times in UTC between which every zone of the person is inside the hours that the packs allow for a
  -- call, as
  -- of the night (an hour off on a day when the clocks change); equal: never; empty: not known. A hint only:
  -- what may be
  -- done is asked again when it is done.
  call_opens        time,
  call_closes       time,
  zones             text[] not null,
  -- not before this instant: somebody put it off, with a reason
  not_before        timestamptz,
  put_off_reason    text,
  -- with whom it is, and until when without a sign of life
  taken_by          text,
  taken_until       timestamptz,
  -- worked today, by whom and what came of it
  done_on           date,
  done_by           text,
  done_with         text,
  check ((taken_by is null) = (taken_until is null)),
  check ((done_on is null) = (done_by is null))
);
create index worklist_items_in_order on worklist_items (score desc, borrower_id) where done_on is null;
create index worklist_items_taken on worklist_items (taken_by) where taken_by is not null;
create index worklist_items_done on worklist_items (done_by, done_on) where done_on is not null;

-- Loans for which somebody may ask today: past due, not disputed nor held, no open promise, no plan that is
-- kept and no settlement that was taken up.
create view loans_to_work as
select l.borrower_id, l.loan_no, l.lender, l.product, l.currency, l.past_due_minor, l.oldest_due_on
  from loans l
 where l.oldest_due_on is not null
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

-- Whether it is an hour for a call. Hours that nobody knows do not keep a case back: a person must find them
-- out.
create function is_call_hour(at timestamptz, opens time, closes time) returns boolean
  language sql immutable parallel safe
  return opens is null or closes is null or is_within((at at time zone 'UTC')::time, opens, closes);
