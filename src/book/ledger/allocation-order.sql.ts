import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { refuseFile, repeated } from '../../platform/json-file.ts'
import { Refused } from '../../platform/refusal.ts'
import { type AllocationOrder, type AllocationOrders, forWhich } from './allocation-order.ts'

const given = (orders: readonly AllocationOrder[]) => sql`
  jsonb_array_elements(${JSON.stringify(orders)}::jsonb) with ordinality as given (o, place)
  cross join lateral jsonb_to_record(o) as r
    (pack text, lender text, product text, asset_state text, from_days int, rule jsonb, clause text)`

/** Names that the book does not know: such an order would be nobody's. */
async function strangers(tx: Db, orders: readonly AllocationOrder[]): Promise<string[]> {
  const { rows } = await sql<{ place: number; what: string; name: string }>`
    select place - 1 as place, what, name
      from ${given(orders)}
     cross join lateral (
       select 'pack' as what, pack as name
        where pack <> '' and not exists (select from packs p where p.pack = r.pack)
       union all
       select 'lender', lender
        where lender <> '' and not exists (select from loan_kinds k where k.lender = r.lender)
       union all
       select 'product', product
        where product <> '' and not exists (
          select from loan_kinds k where k.product = r.product and r.lender in ('', k.lender))
     ) unknown
     order by place, what`.execute(tx)
  return rows.map(
    ({ place, what, name }) => `orders.${place}.${what}: the book knows no ${what} "${name}"; mend the name`,
  )
}

/**
 * Publishes orders from their day on; answers how many are new. One that stands is never changed: money was
 * applied by it. Payments since a day that is past are applied anew. Refused: `file_is_wrong`,
 * `is_published_otherwise`.
 */
export async function publishOrders(tx: Db, { effective_from, orders }: AllocationOrders): Promise<number> {
  const wrong = [...repeated('orders', orders, forWhich), ...(await strangers(tx, orders))]
  if (wrong.length > 0) refuseFile(wrong)
  const { numAffectedRows } = await sql`
    insert into allocation_orders
      (pack, lender, product, asset_state, from_days, effective_from, rule, clause)
    select pack, lender, product, asset_state, from_days, ${effective_from}, rule, clause
      from ${given(orders)}
    on conflict do nothing`.execute(tx)
  const { rows } = await sql<{ place: number }>`
    select place - 1 as place
      from ${given(orders)}
      join allocation_orders s using (pack, lender, product, asset_state, from_days)
     where s.effective_from = ${effective_from} and (s.rule, s.clause) is distinct from (r.rule, r.clause)
     order by place limit 1`.execute(tx)
  if (rows[0]) {
    throw new Refused(
      'is_published_otherwise',
      `orders.${rows[0].place}: another order holds for these from ${effective_from}; name a later day.`,
    )
  }
  return Number(numAffectedRows)
}

/** Every order that began by a day, the newest of each kind of loan. */
export async function ordersOn(
  db: Db,
  asOf: string,
): Promise<(AllocationOrder & { effective_from: string })[]> {
  const { rows } = await sql<AllocationOrder & { effective_from: string }>`
    select distinct on (pack, lender, product, asset_state, from_days)
           pack, lender, product, asset_state, from_days, effective_from, rule, clause
      from allocation_orders
     where effective_from <= ${asOf}
     order by pack, lender, product, asset_state, from_days, effective_from desc`.execute(db)
  return rows
}
