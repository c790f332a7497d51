-- A borrower says that paying is not possible now, and why. While that is looked at, collecting pauses.

create table hardship_requests (
  borrower_id   bigint not null,
  request_no    int not null check (request_no > 0),
  -- none named: all of the borrower's
  loan_nos      text[],
  asked_on      date not null,
  channel       text not null check (channel in ('call', 'portal', 'message', 'visit', 'letter')),
  recorded_by   text not null,
  -- the borrower's own cause, in the words of the handbook's second chapter
  cause         text not null
                check (cause in ('job_loss', 'income_fall', 'illness', 'family_event', 'business_failure',
                                  'money_management',
                                 'unwilling', 'poor_service', 'loose_approval', 'downturn', 'law_change',
                                 'competition',
                                 'disaster', 'other')),
  statement     text not null,
  -- [{"what": "payslip", "reference": "…"}]
  evidence      jsonb not null default '[]',
  vulnerability text not null default 'none'
                check (vulnerability in ('none', 'health', 'life_event', 'resilience', 'capability')),
  -- the clock: by then somebody has decided
  decide_by     date not null check (decide_by >= asked_on),
  outcome       text check (outcome in ('granted', 'partly_granted', 'declined', 'withdrawn')),
  decided_on    date,
  decided_by    text,
  decision      text,
  check (num_nonnulls(outcome, decided_on, decided_by, decision) in (0, 4)),
  primary key (borrower_id, request_no)
);
create unique index hardship_requests_one_open on hardship_requests (borrower_id) where outcome is null;
create index hardship_requests_by_clock on hardship_requests (decide_by) where outcome is null;

insert into settings (name, effective_from, value)
values ('hardship_days', '0001-01-01', '14');
