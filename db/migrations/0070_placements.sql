-- A borrower's case given to an agency, until it is recalled. It is all that the agency sees.

create table placements (
  borrower_id   bigint not null,
  placement_id  uuid not null default gen_random_uuid(),
  lender        text not null,
  agency        text not null check (agency <> ''),
  reason        text not null check (reason <> ''),
  placed_at     timestamptz not null,
  placed_by     text not null,
  recalled_at   timestamptz,
  recalled_by   text,
  recall_reason text,
  primary key (borrower_id, placement_id),
  check ((recalled_at is null) = (recalled_by is null) and (recalled_at is null) = (recall_reason is null))
);
-- With one agency at a time: two would both call.
create unique index placements_now on placements (borrower_id) where recalled_at is null;
create index placements_by_agency on placements (agency) where recalled_at is null;
