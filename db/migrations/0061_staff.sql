-- What was done and what was read, by whom, why and from where. Rows are only ever added.

create table audit_entries (
  entry_no    bigint generated always as identity primary key,
  at          timestamptz not null,
  staff_id    text not null,
  -- method and route of the request, or the name of what the program did by itself
  action      text not null,
  -- what it was done to: the values of the route
  subject     text not null,
  reason      text,
  origin      text not null,
  -- the borrowers whose data it wrote or showed
  borrowers   bigint[] not null default '{}'
);
create index audit_entries_by_borrower on audit_entries using gin (borrowers);
create index audit_entries_by_subject on audit_entries (subject, entry_no);
create index audit_entries_by_time on audit_entries (at);

-- One seal per night over the entries since the seal before, each holding the digest of the one before it: an
-- entry that is altered, added or taken out afterwards breaks every seal from there on.
create table audit_seals (
  as_of    date primary key,
  from_no  bigint not null,
  to_no    bigint not null,
  entries  bigint not null,
  previous text not null,
  digest   text not null
);

create function refuse_alteration() returns trigger
  language plpgsql as $$
declare
  has_rows boolean := true;
begin
  -- a restore empties every table of a fresh database first
  if tg_op = 'TRUNCATE' then
    execute format('select exists (select from %I)', tg_table_name) into has_rows;
  end if;
  if has_rows then
    raise exception 'The audit log is only ever added to.';
  end if;
  return null;
end $$;

create trigger audit_entries_stand before update or delete or truncate on audit_entries
  for each statement execute function refuse_alteration();
create trigger audit_seals_stand before update or delete or truncate on audit_seals
  for each statement execute function refuse_alteration();

-- An entry as the bytes that are sealed; the same on every PostgreSQL and in every time zone.
create function audit_bytes(e audit_entries) returns bytea
  language sql immutable
  return sha256(convert_to(
    jsonb_build_array(e.entry_no, extract(epoch from e.at)::text, e.staff_id, e.action, e.subject, e.reason,
                      e.origin, e.borrowers)::text,
    'UTF8'));

-- The digest of a stretch of entries after the digest before it.
create function audit_digest(previous text, entries bytea) returns text
  language sql immutable strict
  return encode(sha256(convert_to(previous, 'UTF8') || entries), 'hex');

-- Each seal, computed again from the entries that stand there now.
create view audit_seals_again as
select s.as_of, s.from_no, s.to_no, s.entries, s.digest, s.previous,
       now_there.entries as entries_now,
       audit_digest(lag(s.digest, 1, '') over (order by s.as_of), now_there.bytes) as digest_now,
       s.from_no = lag(s.to_no, 1, 0::bigint) over (order by s.as_of) as follows
  from audit_seals s
 cross join lateral (
   select count(*) as entries,
          coalesce(string_agg(audit_bytes(e), ''::bytea order by e.entry_no), ''::bytea) as bytes
     from audit_entries e
    where e.entry_no > s.from_no
      and e.entry_no <= s.to_no
 ) now_there;
