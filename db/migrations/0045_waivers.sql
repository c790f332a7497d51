-- Parts of a debt that were given up inside an authority.

create table waivers (
  borrower_id         bigint not null,
  loan_no             text not null,
  waiver_no           int not null check (waiver_no > 0),
  part                text not null check (part in ('fee', 'interest', 'penalty')),
  currency            text not null,
  amount_minor        bigint not null check (amount_minor > 0),
  -- what the part was when it was asked for
  part_minor          bigint not null check (part_minor >= amount_minor),
  grid_version        text not null,
  level_needed        text not null,
  is_within_authority boolean not null,
  proposed_on         date not null,
  proposed_by         text not null,
  reason              text not null,
  applied_on          date,
  rejected_on         date,
  undone_on           date,
  check (num_nonnulls(applied_on, rejected_on) <= 1),
  check (undone_on is null or applied_on is not null),
  primary key (borrower_id, loan_no, waiver_no)
);
create index waivers_by_proposer on waivers (proposed_by, applied_on);

insert into settings (name, effective_from, value)
values
  -- what one person of a level may waive in a day, in whole units of the loan's currency; a level not named
  -- has no limit
  ('waivers_per_day_units', '0001-01-01', '{"portal": 100, "collector": 500, "team_lead": 5000}');
