import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'

/** Puts on each table of people the permission without which nobody sees them, whatever else they see. */
const protectPeople = (db: Db) =>
  sql`
    do $protect$
    declare
      each record;
    begin
      -- who somebody is, and what they told, is for those who work with people; an admin or auditor who sees
      -- the whole book does not see that
      for each in
        select name, '(select may_see_people())' as words, null as seen
          from unnest('{borrowers,contact_points,affordability_statements,hardship_requests,
                        agreements}'::text[]) name
        union all
        select 'load_rejects', '(select may(''loads.write''))', 'true'
        union all
        select name, '(select may(''payments.write''))',
               '(select sees_all()) or lender = any ((select lenders_seen())::text[])'
          from unnest('{bank_statements,statement_lines}'::text[]) name
      loop
        execute format('alter table %I enable row level security', each.name);
        if each.seen is not null then
          execute format('drop policy if exists seen on %I', each.name);
          execute format('create policy seen on %I to amends_desk using (%s)', each.name, each.seen);
        end if;
        execute format('drop policy if exists people on %I', each.name);
        execute format(
          'create policy people on %I as restrictive to amends_desk using (%s)', each.name, each.words);
      end loop;
    end $protect$`.execute(db)

/** Makes every view read with the rights of whoever asks it, but for those that the policies ask. */
const readAsReader = (db: Db) =>
  sql`
    do $protect$
    declare
      each record;
    begin
      for each in
        select c.relname as name
          from pg_class c
         where c.relkind = 'v'
           and c.relnamespace = 'public'::regnamespace
           and not coalesce(c.reloptions, '{}') @> '{security_invoker=true}'
           and c.relname not in ('borrowers_in_portfolios', 'borrowers_seen')
      loop
        execute format('alter view %I set (security_invoker = true)', each.name);
      end loop;
    end $protect$`.execute(db)

/**
 * Puts row-level security on every table about a borrower and makes every view read with the rights of
 * whoever asks it. Run on each deploy, so that a table or view that is new is never left out; a policy whose
 * words have changed is made anew.
 */
export async function protectRows(db: Db) {
  await sql`
    do $protect$
    declare
      each record;
      own_book constant text := '(select sees_all()) or lender = any ((select lenders_seen())::text[])';
      among constant text := 'exists (select from %2$I s where s.borrower_id = %1$I.borrower_id)';
    begin
      for each in
        with protected as (
          select c.relname as name,
                 exists (select from pg_attribute a
                          where a.attrelid = c.oid and a.attname = 'lender'
                             and not a.attisdropped) as has_lender
            from pg_class c
            join pg_attribute b
              on b.attrelid = c.oid and b.attname = 'borrower_id' and not b.attisdropped
           where c.relkind = 'r'
             and c.relnamespace = 'public'::regnamespace
        ), worded as (
          select name,
                 case
                   -- what makes a borrower seen is itself seen without asking for the borrower
                   when name = 'placements' then own_book
                     || ' or ' || format(among, name, 'borrowers_in_portfolios')
                     || ' or recalled_at is null and agency = any ((select agencies_seen())::text[])'
                   when name = 'handovers' then own_book
                     || ' or ' || format(among, name, 'borrowers_in_portfolios')
                     || ' or ended_at is null and staff_id = (select handed_to())'
                   -- a row that names its lender is judged by it first
                   when has_lender then own_book
                     || ' or (select sees_single_borrowers()) and ' || format(among, name, 'borrowers_seen')
                   else '(select sees_all()) or ' || format(among, name, 'borrowers_seen')
                 end as words
            from protected
        )
        select w.*, p.oid is not null as exists_already
          from worded w
          left join pg_policy p on p.polrelid = w.name::regclass and p.polname = 'seen'
         where p.oid is null
            or obj_description(p.oid, 'pg_policy') is distinct from md5(w.words)
      loop
        if each.exists_already then
          execute format('drop policy seen on %I', each.name);
        end if;
        execute format('alter table %I enable row level security', each.name);
        execute format('create policy seen on %I to amends_desk using (%s)', each.name, each.words);
        execute format('comment on policy seen on %I is %L', each.name, md5(each.words));
      end loop;
    end $protect$`.execute(db)
  await readAsReader(db)
  await protectPeople(db)
}

/** Whether the person of this database, who does not see all, sees a borrower. */
export async function isSeen(db: Db, borrower_id: string): Promise<boolean> {
  const { rows } = await sql`
    select from borrowers_seen where borrower_id = ${borrower_id}::bigint limit 1`.execute(db)
  return rows.length > 0
}
