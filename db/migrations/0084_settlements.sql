alter table settlements
  -- money of the offer's own day that its balance had off already: it is no money for the offer
  add column paid_before_minor bigint not null default 0,
  -- what was owed on the day that completed it, with the money that had come for it; null until then
  add column owed_minor bigint;

update settlements set owed_minor = balance_minor where outcome = 'completed';

-- The night looks at offers of its own day: money may have come for them before they were accepted.
create index settlements_by_acceptance on settlements (accepted_on) where outcome is null;
