-- A case that a lead gave to one visitor, until it is taken back. It is all that the visitor sees.

create table handovers (
  borrower_id bigint not null,
  handover_id uuid not null default gen_random_uuid(),
  lender      text not null,
  staff_id    text not null references staff,
  reason      text not null check (reason <> ''),
  handed_at   timestamptz not null,
  handed_by   text not null,
  ended_at    timestamptz,
  ended_by    text,
  primary key (borrower_id, handover_id),
  check ((ended_at is null) = (ended_by is null))
);
create unique index handovers_now on handovers (borrower_id, staff_id) where ended_at is null;
create index handovers_by_staff on handovers (staff_id) where ended_at is null;
