-- When a certificate was entered. Of those before it is not known: they count as always known.
alter table training_certificates add column recorded_at timestamptz not null default '-infinity';
