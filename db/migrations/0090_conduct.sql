-- What must be said depends on who is spoken to, for what, and whether it is the first time; counting tests
-- say which channels they count; a hold names whose it is; the validation period counts days of receipt.

alter table pack_rules
  -- on later contacts of the same collector with the same person about the debts; empty: the same
  add column says_later  text,
  add column says_to     text[],
  add column says_not_to text[],
  add column says_for    text[];

alter table rule_checks
  -- empty: calls
  add column counted      text[],
  add column receipt_days int;

alter table holds
  add column party    text not null default 'debtor',
  add column party_id text not null default '';
alter table hold_releases
  add column party    text not null default 'debtor',
  add column party_id text not null default '';
