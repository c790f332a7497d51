-- What a query sees that is made for a person. Such a query runs as the role amends_desk, set for one
-- transaction only, with the person's scope in settings of that transaction; the program's own work (nights,
-- loads) runs as the owner.

do $$
begin
  if not exists (select from pg_roles where rolname = 'amends_desk') then
    create role amends_desk nologin;
  end if;
exception
  -- Two databases of one server migrate at once: the role belongs to both.
  when duplicate_object or unique_violation then null;
end $$;

do $$
begin
  if not pg_has_role(current_user, 'amends_desk', 'member') then
    execute format('grant amends_desk to %I', current_user);
  end if;
exception
  when unique_violation then null;
end $$;

grant usage on schema public to amends_desk;
grant select, insert, update, delete on all tables in schema public to amends_desk;
grant usage on all sequences in schema public to amends_desk;
alter default privileges in schema public grant select, insert, update, delete on tables to amends_desk;
alter default privileges in schema public grant usage on sequences to amends_desk;

-- What signs a person in is never read for a person, and what was logged is never changed.
revoke all on sign_in_sessions, sign_in_methods, sign_in_verifications, sign_in_second_factors,
              sign_in_passkeys, sign_in_attempts, idempotency_keys from amends_desk;
revoke update, delete on audit_entries, audit_seals from amends_desk;
revoke insert on audit_seals from amends_desk;

-- Whether the person of this transaction may see every borrower, and otherwise whose.
create function sees_all() returns boolean
  language sql stable
  return coalesce(current_setting('amends.sees_all', true), '') = 'on';

create function lenders_seen() returns text[]
  language sql stable
  return coalesce(nullif(current_setting('amends.lenders', true), ''), '{}')::text[];

-- The agencies whose placed borrowers the person sees.
create function agencies_seen() returns text[]
  language sql stable
  return coalesce(nullif(current_setting('amends.agencies', true), ''), '{}')::text[];

-- Whose handed-over borrowers are seen: a visitor's own, or nobody's ('').
create function handed_to() returns text
  language sql stable
  return coalesce(current_setting('amends.handed_to', true), '');

-- Whether the person of this transaction holds a permission.
create function may(permission text) returns boolean
  language sql stable
  return permission = any (coalesce(nullif(current_setting('amends.permissions', true), ''), '{}')::text[]);

-- Whether the person works with people: their names, numbers and what they told are for such work only.
create function may_see_people() returns boolean
  language sql stable
  return may('borrowers.read') or may('contacts.write') or may('payments.write');

-- Of the log and of tokens a person sees what their permission is for, whatever a route asks.
alter table audit_entries enable row level security;
create policy written on audit_entries for insert to amends_desk with check (true);
create policy read on audit_entries for select to amends_desk using ((select may('audit.read')));
alter table audit_seals enable row level security;
create policy read on audit_seals for select to amends_desk using ((select may('audit.read')));
alter table machine_tokens enable row level security;
create policy kept on machine_tokens to amends_desk using ((select may('tokens.write')));
alter table authority_limits enable row level security;
create policy own on authority_limits for select to amends_desk
 using (staff_id = current_setting('amends.staff_id', true) or (select may('staff.read')));
create policy given on authority_limits to amends_desk using ((select may('staff.write')));
