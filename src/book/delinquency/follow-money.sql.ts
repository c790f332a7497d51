import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { nightStandsStill } from '../../platform/night-lock.ts'
import { forPart, statementsOf } from '../../platform/night-parts.ts'
import { stepSql } from '../../platform/nightly.ts'

/** The steps of the night that say where a borrower's loans stand, in its order. */
const steps = [
  'book/delinquency/follow-money',
  'book/delinquency/age-loans',
  'book/delinquency/classify-risk',
  'book/cases/close-cases',
  'book/cases/open-cases',
] as const

/**
 * Brings what follows from a borrower's money up to `asOf` (YYYY-MM-DD) by the night's own SQL: positions,
 * buckets, risk classes, the case. The caller holds the borrower's lock. False where a night or a load is at
 * work: the next night does it. Before the first night there is nothing to bring up to date but positions.
 */
export async function followMoney(tx: Db, borrowerId: string, asOf: string): Promise<boolean> {
  if (!(await nightStandsStill(tx))) return false
  const { rows } = await sql<{ last: string | null }>`
    select max(as_of) as last from nights where finished_at is not null`.execute(tx)
  const last = rows[0]!.last
  const day = last !== null && last > asOf ? last : asOf
  for (const step of last === null ? steps.slice(0, 1) : steps) {
    const text = forPart(await stepSql(step, day), { borrower_id: borrowerId })
    for (const statement of statementsOf(text)) await sql.raw(statement).execute(tx)
  }
  return true
}
