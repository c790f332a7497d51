// The whole database as text in one order, to hold two of them side by side.
import { text } from 'node:stream/consumers'
import copy from 'pg-copy-streams'
import { openClient } from '../../src/platform/database.ts'

/** Table → its rows as COPY writes them, sorted. */
export type Canonical = Map<string, string[]>

// What two equal runs may differ in: how long something took, and the number a record was given by chance.
const byChance = `
  select attrelid, attnum from pg_attribute where attname = 'seconds'
  union all
  select adrelid, adnum from pg_attrdef where pg_get_expr(adbin, adrelid) = 'gen_random_uuid()'
  union all
  select k.conrelid, k.conkey[n] from pg_constraint k cross join lateral generate_subscripts(k.conkey, 1) n
    join pg_attrdef d on (d.adrelid, d.adnum) = (k.confrelid, k.confkey[n])
   where k.contype = 'f' and pg_get_expr(d.adbin, d.adrelid) = 'gen_random_uuid()'`

/** Every row of the database at `url`; `timeless` leaves out what differs between two equal runs. */
export async function canonical(url: string, { timeless = false } = {}): Promise<Canonical> {
  const client = await openClient(url)
  try {
    const { rows: tables } = await client.query<{ name: string; columns: string | null }>(`
      select quote_ident(c.relname) as name,
             string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
         and (${!timeless} or (a.attrelid, a.attnum) not in (${byChance}))
       group by c.relname order by c.relname collate "C"`)
    const all: Canonical = new Map()
    for (const { name, columns } of tables) {
      const rows = client.query(
        copy.to(`copy (select ${columns} from ${name} order by row(${columns})::text collate "C") to stdout`),
      )
      all.set(name, (await text(rows)).split('\n').slice(0, -1))
    }
    return all
  } finally {
    await client.end()
  }
}

/** Where two databases differ, table by table, in words; empty when they are the same. */
export function differences(one: Canonical, other: Canonical): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((table) => {
    const ours = one.get(table) ?? []
    const theirs = other.get(table) ?? []
    if (ours.join('\n') === theirs.join('\n')) return []
    const only = (rows: string[], without: string[]) => {
      const left = new Map<string, number>()
      for (const row of without) left.set(row, (left.get(row) ?? 0) + 1)
      return rows.filter((row) => {
        const times = left.get(row) ?? 0
        left.set(row, times - 1)
        return times <= 0
      })
    }
    const lost = only(ours, theirs)
    const added = only(theirs, ours)
    const some = [...lost.slice(0, 3).map((row) => `- ${row}`), ...added.slice(0, 3).map((row) => `+ ${row}`)]
    return [`${table}: ${lost.length} rows less, ${added.length} more`, ...some]
  })
}
