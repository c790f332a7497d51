-- What was owed on the loan when its borrower agreed to the plan: the paper says so whenever it is drawn, and
-- the first payment of the same day, a back-dated one or a newer tape change nothing about it.
alter table plans add column owed_minor bigint check (owed_minor >= 0);
