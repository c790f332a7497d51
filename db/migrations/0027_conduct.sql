-- What the lender's tape does not say about a debt is told like any other fact: by whom, why, and since when.

alter table debt_traits
  add column trait_id    uuid not null default gen_random_uuid(),
  add column at          timestamptz,
  add column ordinal     int not null default 0,
  add column recorded_by text not null default 'unknown',
  add column reason      text not null default '';
create unique index debt_traits_by_id on debt_traits (borrower_id, trait_id);
