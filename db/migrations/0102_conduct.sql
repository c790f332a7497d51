-- The night looks at what is planned from its day on, however much was planned before.
create index planned_contacts_to_come on planned_contacts (at) where cancelled_at is null;
