import { openClient } from './database.ts'

const tablesSql = `
  select c.relname as name,
         string_agg(format(e'  %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                           case when a.attnotnull then ' not null' else '' end,
                           case when a.attgenerated = 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
                                when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid)
                                else '' end),
                    e',\\n' order by a.attnum) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
   group by c.relname`

const partsSql = `
  select 1 as kind, conrelid::regclass::text || ' ' || conname as name,
         format('alter table %s add constraint %s %s;', conrelid::regclass, conname, pg_get_constraintdef(oid)) as text
    from pg_constraint
   where connamespace = 'public'::regnamespace and contype <> 'n' and conrelid <> 0
  union all
  select 2, indexrelid::regclass::text, pg_get_indexdef(indexrelid) || ';'
    from pg_index i join pg_class c on c.oid = i.indexrelid
   where c.relnamespace = 'public'::regnamespace
     and not exists (select from pg_constraint where conindid = i.indexrelid and contype in ('p', 'u', 'x'))
  union all
  select 0, oid::regprocedure::text, rtrim(pg_get_functiondef(oid)) || ';'
    from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f'
     and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
  union all
  select 3, c.relname, format(e'create view %s as\\n%s', c.relname, pg_get_viewdef(c.oid))
    from pg_class c where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace
  union all
  select 4, policyname || ' ' || tablename,
         format('policy %s on %s for %s to %s using (%s) with check (%s);',
                policyname, tablename, cmd, roles, qual, with_check)
    from pg_policies where schemaname = 'public'`

/**
 * What the migrations add up to, as SQL text in a fixed order: functions, tables, constraints, indexes, views, policies.
 * Checked in as db/schema.sql; a test fails when it is stale.
 */
export async function schemaOf(url: string): Promise<string> {
  const client = await openClient(url)
  try {
    const tables = await client.query<{ name: string; columns: string }>(tablesSql)
    const parts = await client.query<{ kind: number; name: string; text: string }>(partsSql)
    const all = [
      ...parts.rows,
      ...tables.rows.map(({ name, columns }) => ({
        kind: 0.5,
        name,
        text: `create table ${name} (\n${columns}\n);`,
      })),
    ]
    const order = (a: (typeof all)[0], b: (typeof all)[0]) => a.kind - b.kind || (a.name < b.name ? -1 : 1)
    const head = '-- Written by `amends migrate --dump-schema db/schema.sql`; the migrations are the source.'
    return `${[head, ...all.sort(order).map((part) => part.text)].join('\n\n')}\n`
  } finally {
    await client.end()
  }
}
