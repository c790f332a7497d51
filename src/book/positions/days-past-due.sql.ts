import { type RawBuilder, sql } from 'kysely'

/**
 * Days past due on `on` of what has been due since the column `dueOn`, by the day origin of the row `kind`,
 * which has lender and product; 0 where nothing is due.
 */
export const daysPastDue = (on: string, dueOn: string, kind: string): RawBuilder<number> => sql`
  coalesce(greatest(
    ${on}::date - ${sql.ref(dueOn)}
    + coalesce((select o.day_origin from bucket_edges o
        where o.lender = ${sql.ref(`${kind}.lender`)} and o.product = ${sql.ref(`${kind}.product`)}
          and o.rank = 1 and o.effective_from <= ${on} and ${on} < o.effective_to), 0), 0), 0)`
