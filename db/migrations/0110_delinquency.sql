-- A correction that is noted while a night is between its steps must not be struck off by a step that nothing
-- before has read it for: age-loans takes those that stand on the list, classify-risk strikes off what was
-- taken, and whoever notes one again puts it back.
alter table delinquency_corrections add column taken boolean not null default false;
