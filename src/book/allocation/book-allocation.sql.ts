import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Standing } from '../positions/standing.sql.ts'
import type { AllocationRule } from './allocation.ts'
import { type ContractInstalment, type LoanAfter, type MoneyEvent, replay } from './replay.ts'

type AssetState = 'current' | 'non_performing' | 'charged_off'

/**
 * Asset state by which an order may be chosen; a loan is non-performing after 90 days, unless its pack says
 * otherwise.
 */
const assetState = (loan: Standing): AssetState =>
  loan.status === 'charged_off' ? 'charged_off' : loan.days_past_due > 90 ? 'non_performing' : 'current'

/** The order in force for a loan: the narrowest row that matches it, product before lender before pack. */
export async function allocationRuleFor(db: Db, loan: Standing, asOf: string): Promise<AllocationRule> {
  const { rows } = await sql<{ rule: AllocationRule }>`
    select rule
      from allocation_orders
     where effective_from <= ${asOf}
       and (pack = '' or pack = any (${loan.packs}::text[]))
       and lender in ('', ${loan.lender}) and product in ('', ${loan.product})
       and asset_state in ('', ${assetState(loan)}) and from_days <= ${loan.days_past_due}
     order by product <> '' desc, lender <> '' desc, asset_state <> '' desc, from_days desc, pack <> '' desc,
              effective_from desc
     limit 1
  `.execute(db)
  return rows[0]!.rule
}

type PaymentRow = {
  payment_no: string
  paid_on: string
  loaded_as_of: string
  amount_minor: number
  kind: 'payment' | 'reversal'
  reverses: string | null
  directed_to: number[] | null
}

async function contractOf(db: Db, loan: Standing): Promise<ContractInstalment[]> {
  const { rows } = await sql<{
    no: number
    due_on: string
    principal: number
    interest: number
    fee: number
  }>`
    select instalment_no as no, due_on, principal_minor as principal, interest_minor as interest,
           fees_minor as fee
      from instalments
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
     order by due_on, instalment_no
  `.execute(db)
  return rows.map(({ no, due_on, principal, interest, fee }) => ({
    no,
    due_on,
    owed: { principal: BigInt(principal), interest: BigInt(interest), fee: BigInt(fee) },
  }))
}

/**
 * Without the lender's schedule the tape's parts are one instalment, due since the oldest day that is past
 * due.
 */
async function contractFromTape(db: Db, loan: Standing): Promise<ContractInstalment[]> {
  const { rows } = await sql<{ tape_minor: number; position_from: string }>`
    select outstanding_minor as tape_minor, position_from
      from loans where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
  `.execute(db)
  const { tape_minor, position_from } = rows[0]!
  const parts = [loan.fees_minor, loan.penalty_minor, loan.interest_minor, loan.principal_minor]
  const known = parts.every((part) => part !== null)
  const [fee, penalty, interest, principal] = known
    ? parts.map((part) => BigInt(part))
    : [0n, 0n, 0n, BigInt(tape_minor)]
  const owed = { fee: fee!, penalty: penalty!, interest: interest!, principal: principal! }
  return [{ no: 1, due_on: loan.oldest_due_on ?? position_from, owed }]
}

async function paymentsSince(db: Db, loan: Standing, since: string | null): Promise<PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`
    select payment_no, paid_on, loaded_as_of, amount_minor, kind, reverses,
           extra -> 'directed_to' as directed_to
      from payments
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
       and paid_on > coalesce(${since}::date, '-infinity')
     order by loaded_as_of, payment_no collate "C"
  `.execute(db)
  return rows
}

/**
 * The borrower's direction binds where the law gives it: Civil Code of the PRC art. 560, Taiwan Civil Code
 * art. 321.
 */
const mayDirect = (loan: Standing) => loan.packs.some((pack) => pack === 'cn' || pack === 'tw')

function eventsOf(loan: Standing, rows: readonly PaymentRow[]): MoneyEvent[] {
  const ids = new Map(rows.map((row, index) => [row.payment_no, index]))
  return rows.flatMap((row, id): MoneyEvent[] => {
    const entry = { id, entered_on: row.loaded_as_of }
    if (row.kind === 'reversal') {
      const of = row.reverses === null ? undefined : ids.get(row.reverses)
      // What it takes back lies before the tape: the money is owed again from that day.
      if (of === undefined) {
        return [{ ...entry, kind: 'chargeback', on: row.paid_on, amount_minor: BigInt(row.amount_minor) }]
      }
      return [{ ...entry, kind: 'reversal', of, on: row.paid_on }]
    }
    const directed = row.directed_to && mayDirect(loan) ? { directed_to: row.directed_to } : {}
    return [
      {
        ...entry,
        kind: 'payment',
        type: 'payment',
        on: row.paid_on,
        amount_minor: BigInt(row.amount_minor),
        ...directed,
      },
    ]
  })
}

/** How each payment of a loan was applied, by its number, and what is left of each instalment. */
export type BookAllocation = { after: LoanAfter; payment_nos: string[]; rule: AllocationRule }

/**
 * Applies everything the book knows of a loan, by the order in force: to the lender's instalments where it
 * sent them, and to the tape's parts otherwise.
 */
export async function allocateLoan(db: Db, loan: Standing, asOf: string): Promise<BookAllocation> {
  const rule = await allocationRuleFor(db, loan, asOf)
  const schedule = await contractOf(db, loan)
  const { rows: tapes } = await sql<{ as_of: string | null }>`
    select max(as_of) as as_of from tapes where lender = ${loan.lender} and as_of <= ${asOf}
  `.execute(db)
  const contract = schedule.length > 0 ? schedule : await contractFromTape(db, loan)
  const payments = await paymentsSince(db, loan, schedule.length > 0 ? null : tapes[0]!.as_of)
  const after = replay(contract, eventsOf(loan, payments), rule)
  return { after, rule, payment_nos: payments.map(({ payment_no }) => payment_no) }
}
