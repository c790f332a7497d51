import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { judgeContacts } from '../incidents/incident.sql.ts'
import { stopWork } from '../stops/stop.sql.ts'
import { lockBorrower } from '../verdicts/verdict.sql.ts'
import type { FactRecorded } from './fact.api.ts'
import { type ToldFact, tellEvent } from './fact.sql.ts'

type Traits = {
  product: string | null
  represented: boolean
  account: string | null
  limitation_from: string | null
  limitation_ends_on: string | null
}
const NOTHING_KNOWN: Traits = {
  product: null,
  represented: false,
  account: null,
  limitation_from: null,
  limitation_ends_on: null,
}

/** What is said of a debt from now on: what nobody mentions stays as it was. */
function traitsAfter(before: Traits, told: ToldFact): Traits {
  const said = Object.fromEntries(Object.keys(NOTHING_KNOWN).map((name) => [name, told[name]]))
  const known = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
  return { ...before, ...known }
}

/**
 * Records what a debt is beside what the tape says: its product where the tape's is wrong, the number under
 * which it is serviced (US-F5), an attorney (US-T7), its limitation. The row before it ends; a verdict given
 * until then reads that row for ever. An attorney stops the planned work, and contacts since `at` are judged
 * again. The same `fact_id` again changes nothing. Refused: `borrower_is_not_found`,
 * `fact_is_in_the_future`, `account_has_no_product`.
 */
export async function recordDebtTraits(
  db: Db,
  borrower_id: string,
  told: ToldFact,
  { clock, recorded_by }: { clock: Clock; recorded_by: string },
): Promise<FactRecorded> {
  return db.transaction().execute(async (tx) => {
    const recorded_at = await lockBorrower(tx, borrower_id, clock)
    const { fact_id = randomUUID(), at = recorded_at } = told
    const debt = String(told['debt'])
    if (Temporal.Instant.compare(at, recorded_at) > 0) {
      throw new Refused('fact_is_in_the_future', `${at} has not come yet; record it when it is so.`)
    }
    const known = await sql`
      select from debt_traits where borrower_id = ${borrower_id} and trait_id = ${fact_id}`.execute(tx)
    if (known.rows.length > 0) return { fact_id, recorded: false, incidents: 0, stop_id: null }
    const { rows } = await sql<Traits>`
      select product, represented, account, limitation_from::text as limitation_from,
             limitation_ends_on::text as limitation_ends_on
        from debt_traits
       where borrower_id = ${borrower_id}
         and debt = ${debt}
         and superseded_at is null`.execute(tx)
    const before = rows[0] ?? NOTHING_KNOWN
    const after = traitsAfter(before, told)
    if (after.account !== null && after.product === null) {
      throw new Refused('account_has_no_product', 'Say of which product the debt is under this number.')
    }
    const row = { ...after, borrower_id, debt, trait_id: fact_id, at, recorded_at, recorded_by }
    await sql`
      delete from debt_traits
       where borrower_id = ${borrower_id} and debt = ${debt} and recorded_at = ${recorded_at}`.execute(tx)
    await sql`
      update debt_traits
         set superseded_at = ${recorded_at}
       where borrower_id = ${borrower_id} and debt = ${debt} and superseded_at is null`.execute(tx)
    await sql`
      insert into debt_traits
      select * from jsonb_populate_record(
        null::debt_traits, ${JSON.stringify({ ...row, ordinal: 0, reason: told.reason })}::jsonb)`.execute(tx)
    await tellEvent(tx, 'debt_traits', { ...row, reason: told.reason }, recorded_by)
    const incidents = await judgeContacts(tx, borrower_id, { since: at, at: recorded_at })
    const is_new_attorney = after.represented && !before.represented
    const cause = { cause: 'attorney', cause_no: fact_id, debts: [debt], at: recorded_at }
    const stop_id = is_new_attorney
      ? await stopWork(tx, borrower_id, { ...cause, stopped_by: recorded_by })
      : null
    return { fact_id, recorded: true, incidents, stop_id }
  })
}
