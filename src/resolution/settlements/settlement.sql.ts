import { sql } from 'kysely'
import { type Standing, settingOf } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import { forLoan } from '../../platform/night-parts.ts'
import { stepSql } from '../../platform/nightly.ts'
import { Refused } from '../../platform/refusal.ts'
import type { NewSettlement, Settlement } from './settlement.api.ts'
import type { CarryOn, SettlementFacts } from './settlement.ts'

const columns = sql`
  loan_no, settlement_no, currency, balance_minor, offer_minor, prompt_minor, prompt_by, pay_by,
  carry_on_minor,
  grid_version, level_needed, is_within_authority, offered_on, offered_by, expires_on, accepted_on, outcome,
  ended_on,
  paid_minor, forgiven_minor`

type Key = { borrower_id: string; loan_no: string; settlement_no: number }
const isIt = (about: Key) => sql`
  borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no}
  and settlement_no = ${about.settlement_no}`

/** What `offerSettlement` decides from. */
export async function settlementFacts(tx: Db, loan: Standing, asOf: string): Promise<SettlementFacts> {
  const { rows } = await sql`
    select from settlements where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
    and outcome is null
  `.execute(tx)
  return {
    ...loan,
    as_of: asOf,
    has_offer: rows.length > 0,
    offer_days_max: (await settingOf<number>(tx, loan, 'settlement_offer_days_max', asOf)) ?? 0,
    carry_on: (await settingOf<CarryOn[]>(tx, loan, 'carry_on_value', asOf)) ?? [],
    discount_bps: (await settingOf<number>(tx, loan, 'carry_on_discount_bps', asOf)) ?? 0,
  }
}

export async function insertSettlement(
  tx: Db,
  loan: Standing,
  asked: NewSettlement,
  about: {
    carry_on_minor: bigint
    grid_version: string
    level_needed: string
    is_within_authority: boolean
    offered_on: string
    offered_by: string
  },
): Promise<Settlement> {
  const { rows } = await sql<Settlement>`
    insert into settlements
      (borrower_id, loan_no, settlement_no, currency, balance_minor, offer_minor, prompt_minor, prompt_by,
       pay_by,
       carry_on_minor, grid_version, level_needed, is_within_authority, offered_on, offered_by, expires_on,
       reason, paid_before_minor)
    select ${loan.borrower_id}, ${loan.loan_no}, coalesce(max(settlement_no), 0) + 1, ${loan.currency},
           ${loan.outstanding_minor}, ${asked.offer_minor}, ${asked.prompt_minor ?? null},
           ${asked.prompt_by ?? null},
           ${asked.pay_by}, ${about.carry_on_minor}, ${about.grid_version}, ${about.level_needed},
           ${about.is_within_authority}, ${about.offered_on}, ${about.offered_by}, ${asked.expires_on},
           ${asked.reason ?? null},
           (select coalesce(sum(amount_minor), 0)
              from money_received
             where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
               and counted_on = ${about.offered_on})
      from settlements
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
    returning ${columns}
  `.execute(tx)
  return rows[0]!
}

/** A borrower's settlements, the newest first. */
export async function settlementsOf(db: Db, borrowerId: string): Promise<Settlement[]> {
  const { rows } = await sql<Settlement>`
    select ${columns} from settlements where borrower_id = ${borrowerId}
     order by offered_on desc, loan_no, settlement_no desc
  `.execute(db)
  return rows
}

/** One settlement. Refused: `no_such_settlement`. */
export async function settlementOf(tx: Db, about: Key): Promise<Settlement> {
  const { rows } = await sql<Settlement>`select ${columns} from settlements where ${isIt(about)}`.execute(tx)
  if (rows[0]) return rows[0]
  throw new Refused('no_such_settlement', 'There is no settlement of that number.')
}

/**
 * The borrower takes the offer; money since the offer may complete it at once. False when it is no longer on
 * offer.
 */
export async function acceptSettlement(tx: Db, about: Key, on: string, by: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update settlements set accepted_on = ${on}, accepted_by = ${by}
     where ${isIt(about)} and outcome is null and accepted_on is null and expires_on >= ${on}
  `.execute(tx)
  if (numAffectedRows !== 1n) return false
  await judgeSettlementsOf(tx, about, on)
  return true
}

/** Ends an offer that was not accepted; false when there is none. */
export async function endOffer(
  tx: Db,
  about: Key,
  on: string,
  outcome: 'withdrawn' | 'rejected',
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update settlements set outcome = ${outcome}, ended_on = ${on}
     where ${isIt(about)} and outcome is null and accepted_on is null
  `.execute(tx)
  return numAffectedRows === 1n
}

const steps = ['resolution/settlements/expire-offers', 'book/ledger/post-settlements'] as const

/** Runs the night's own judgement, and its posting, for one loan: after a payment or a reversal. */
export async function judgeSettlementsOf(
  tx: Db,
  loan: { borrower_id: string; loan_no: string },
  asOf: string,
): Promise<void> {
  for (const step of steps) {
    // Offers of other loans expire at night.
    for (const statement of forLoan(await stepSql(step, asOf), loan)) await statement.execute(tx)
  }
}
