import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'

export type Retention = { what: string; months: number; anchor: string; rule_id: string; source: string }
export type Recorded = { channel: string; rule_id: string; source: string }

/**
 * How long records, recordings and what is handed over must be kept at least, and which contacts must be
 * recorded: the longest that any of these packs asks for a loan of one of these products, and the channels of
 * all. `months` run from `anchor`. Keep that long, then delete with proof.
 */
export async function retentionFor(
  db: Db,
  packs: readonly string[],
  products: readonly string[],
): Promise<{ keep: Retention[]; record: Recorded[] }> {
  const keep = await sql<Retention>`
    select distinct on (k.what) k.what, k.months, k.anchor, r.rule_id, r.source
      from packs_in_force f
      join pack_retentions k on k.pack_version = f.pack_version
      join pack_rules r on r.pack_version = k.pack_version and r.rule_id = k.rule_id
     where f.to_on = 'infinity'
       and f.pack = any (${packs})
       and (k.products is null or k.products && ${products}::text[])
     order by k.what, k.months desc, r.rule_id collate "C"`.execute(db)
  const record = await sql<Recorded>`
    select distinct on (c.channel) c.channel, r.rule_id, r.source
      from packs_in_force f
      join pack_rules r on r.pack_version = f.pack_version
     cross join lateral unnest(r.records_on) as c (channel)
     where f.to_on = 'infinity'
       and f.pack = any (${packs})
     order by c.channel, r.rule_id collate "C"`.execute(db)
  return { keep: keep.rows, record: record.rows }
}

/** The packs and products of a borrower's open loans today: what `retentionFor` is asked about. */
export async function bindingOf(db: Db, borrower_id: string, on: string) {
  const { rows } = await sql<{ packs: string[]; products: string[] }>`
    select array(
             select distinct p.pack
               from (
                 select jsonb_array_elements_text(s.value) as pack
                   from loans n
                   join settings_in_force s
                     on s.name = 'packs' and s.lender = n.lender and s.product = n.product
                    and s.effective_from <= ${on} and ${on} < s.effective_to
                  where n.borrower_id = ${borrower_id}
                 union all
                 select w.pack from borrower_packs w
                  where w.borrower_id = ${borrower_id} and ${on} between w.from_on and w.to_on) p
              order by p.pack) as packs,
           array(select distinct product from loans where borrower_id = ${borrower_id}
                  order by product) as products`.execute(db)
  return rows[0]!
}
