import { sql } from 'kysely'
import type { Db } from '../platform/database.ts'

/** What the book holds already, as far as the demo must know it. */
export type BookBefore = {
  /** a lender whose loans are no demo, or null */
  stranger: string | null
  /** digest of the first tape, and business date of the newest; null in an empty book */
  first_sha256: string | null
  newest: string | null
}

export async function bookBefore(db: Db, demoLenders: readonly string[]): Promise<BookBefore> {
  const { rows } = await sql<BookBefore>`
    with tapes as (
      select as_of, sha256 from loads where kind = 'loans' and state = 'applied'
    )
    select (select min(lender) from loans where lender <> all (${demoLenders}::text[])) as stranger,
           (select sha256 from tapes order by as_of limit 1) as first_sha256,
           (select max(as_of) from tapes) as newest
  `.execute(db)
  return rows[0]!
}
