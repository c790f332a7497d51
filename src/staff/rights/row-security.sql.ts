import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'

/**
 * Puts row-level security on every table about a borrower and makes every view read with the rights of
 * whoever asks it. Run on each deploy, so that a table or view that is new is never left out.
 */
export async function protectRows(db: Db) {
  await sql`
    do $protect$
    declare
      each record;
    begin
      for each in
        select c.relname as name,
               exists (select from pg_attribute a
                        where a.attrelid = c.oid and a.attname = 'lender'
                           and not a.attisdropped) as has_lender
          from pg_class c
          join pg_attribute b on b.attrelid = c.oid and b.attname = 'borrower_id' and not b.attisdropped
         where c.relkind = 'r'
           and c.relnamespace = 'public'::regnamespace
           and not exists (select from pg_policies p
                            where p.schemaname = 'public' and p.tablename = c.relname
                               and p.policyname = 'seen')
      loop
        execute format('alter table %I enable row level security', each.name);
        -- A row that names its lender is judged by it; any other through its borrower, whom this same rule
        -- hides.
        execute format(
          'create policy seen on %I to amends_desk using ((select sees_all()) or %s)',
          each.name,
          case when each.has_lender then 'lender = any ((select lenders_seen())::text[])'
               else format('exists (select from borrowers b where b.borrower_id = %I.borrower_id)', each.name)
          end);
      end loop;
      for each in
        select c.relname as name
          from pg_class c
         where c.relkind = 'v'
           and c.relnamespace = 'public'::regnamespace
           and not coalesce(c.reloptions, '{}') @> '{security_invoker=true}'
      loop
        execute format('alter view %I set (security_invoker = true)', each.name);
      end loop;
    end $protect$`.execute(db)
}
