-- Seals what was logged since the seal before, chained to it.
-- reads: audit_entries, audit_seals   writes: audit_seals

-- Nobody may be in the middle of adding an entry: with this lock every entry with a lower number is committed
-- or gone.
lock table audit_entries in share mode
;
insert into audit_seals (as_of, from_no, to_no, entries, previous, digest)
select :as_of, last.to_no, fresh.to_no, fresh.entries, last.digest, audit_digest(last.digest, fresh.bytes)
  from (select coalesce(max(to_no), 0) as to_no,
               coalesce((array_agg(digest order by as_of desc))[1], '') as digest
          from audit_seals) last
 cross join lateral (
   select coalesce(max(e.entry_no), last.to_no) as to_no, count(*) as entries,
          coalesce(string_agg(audit_bytes(e), ''::bytea order by e.entry_no), ''::bytea) as bytes
     from audit_entries e
    where e.entry_no > last.to_no
 ) fresh
on conflict (as_of) do nothing
;
