-- Agreed schedules for a loan in arrears. While one is kept, collecting stops.

create table plans (
  borrower_id         bigint not null,
  loan_no             text not null,
  plan_no             int not null check (plan_no > 0),
  currency            text not null,
  shape               text not null check (shape in ('equal', 'step_up', 'interest_only_start', 'balloon')),
  -- what the schedule was built from, with the versions of grid and calendar
  terms               jsonb not null,
  principal_minor     bigint not null check (principal_minor > 0),
  total_minor         bigint not null check (total_minor >= principal_minor),
  cure_days           int not null check (cure_days >= 0),
  level_needed        text not null,
  -- false: others must approve before it can be agreed
  is_within_authority boolean not null,
  proposed_on         date not null,
  proposed_by         text not null,
  -- from here on money counts for it
  agreed_on           date,
  agreed_by           text,
  how_agreed          text check (how_agreed in ('signed', 'recorded_call', 'portal')),
  outcome             text check (outcome in ('completed', 'breached', 'renegotiated', 'cancelled')),
  ended_on            date,
  paid_minor          bigint not null default 0,
  replaces_plan_no    int,
  reason              text,
  check ((outcome is null) = (ended_on is null)),
  check (num_nonnulls(agreed_on, agreed_by, how_agreed) in (0, 3)),
  primary key (borrower_id, loan_no, plan_no)
);
-- One plan at a time performs on a loan, and one is proposed: what is renegotiated goes on until the new one
-- is agreed.
create unique index plans_one_performing on plans (borrower_id, loan_no)
  where outcome is null and agreed_on is not null;
create unique index plans_one_proposed on plans (borrower_id, loan_no)
  where outcome is null and agreed_on is null;

create table plan_instalments (
  borrower_id      bigint not null,
  loan_no          text not null,
  plan_no          int not null,
  no               int not null check (no >= 0),
  due_on           date not null,
  -- the day it would have been but for the calendar
  moved_from       date,
  principal_minor  bigint not null check (principal_minor >= 0),
  interest_minor   bigint not null check (interest_minor >= 0),
  -- everything due up to and including this one
  due_so_far_minor bigint not null,
  -- last day on which it can still be cured
  cure_until       date not null check (cure_until >= due_on),
  primary key (borrower_id, loan_no, plan_no, no),
  foreign key (borrower_id, loan_no, plan_no) references plans
);
create index plan_instalments_by_cure on plan_instalments (cure_until);

-- Plans that stop collecting today.
create view performing_plans as
select borrower_id, loan_no, plan_no, agreed_on
  from plans
 where agreed_on is not null and outcome is null;

insert into settings (name, effective_from, value)
values
  ('plan_cure_days', '0001-01-01', '5'),
  -- credit card business measures 2011 No. 2, art. 70: a card plan of at most five years
  ('plan_months_max_card_cn', '0001-01-01', '60'),
  ('plan_months_max', '0001-01-01', '120'),
  -- days on which nothing falls due: ISO weekdays and holidays; days to be worked although they are weekend
  -- days. In mainland China the published calendar of the State Council comes on top.
  ('calendar', '0001-01-01', '{"weekend": [6, 7], "holidays": [], "workdays": [], "move": "following"}');
