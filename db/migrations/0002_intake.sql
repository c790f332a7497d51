-- Every load leaves a dated record, whatever became of it.

create table loads (
  load_id      uuid primary key default gen_random_uuid(),
  kind         text not null
               check (kind in ('loans', 'borrowers', 'contact-points', 'payments', 'instalments')),
  -- whose loans the file holds
  lenders      text[] not null,
  as_of        date not null,
  mode         text not null check (mode in ('full', 'delta')),
  file_name    text not null,
  -- where the file stands, so that a held load can be accepted later
  file_path    text not null,
  sha256       text not null,
  state        text not null check (state in ('applied', 'held', 'withdrawn')),
  loaded_at    timestamptz not null,
  accepted_by  text,
  rows         bigint not null,
  new          bigint not null,
  changed      bigint not null,
  unchanged    bigint not null,
  closed       bigint not null,
  rejected     bigint not null,
  seconds      numeric not null,
  -- by currency: outstanding, past due or amount, as decimal text
  totals       jsonb not null default '[]',
  -- column → share of empty cells
  null_shares  jsonb not null default '{}',
  -- figure → before, now, moved: what the comparison with the load before found
  comparison   jsonb not null default '{}',
  -- further counts of the kind: payments that differ from the one of the same number, days re-derived
  notes        jsonb not null default '{}',
  -- loans whose own days past due differ from ours
  dpd_differs  bigint not null default 0
);
create index loads_by_day on loads (kind, as_of);

-- Rows on their way in stand here, inside the transaction of their load only.
create schema staging;

-- The rejected rows of a load, as in its rejects file; the first thousand are kept for the screen.
create table load_rejects (
  load_id     uuid not null references loads,
  line        bigint not null,
  column_name text not null,
  value       text,
  reason      text not null,
  primary key (load_id, line, column_name)
);

-- The lenders and products that the book has seen: settings are resolved for these.
create table loan_kinds (
  lender  text not null,
  product text not null,
  primary key (lender, product)
);
