import { sql } from 'kysely'
import { allocateLoan } from '../../book/allocation/book-allocation.sql.ts'
import { noteCorrection } from '../../book/delinquency/correction.sql.ts'
import { followMoney } from '../../book/delinquency/follow-money.sql.ts'
import { post } from '../../book/ledger/ledger.sql.ts'
import { insertPayment } from '../../book/payments/receive-payment.sql.ts'
import { type Standing, settingOf, standingOf } from '../../book/positions/standing.sql.ts'
import { stopWork } from '../../conduct/stops/stop.sql.ts'
import type { Db } from '../../platform/database.ts'
import { judgePlansOf } from '../plans/plan.sql.ts'
import { judgeLoan } from '../promises/promise.sql.ts'
import { judgeSettlementsOf } from '../settlements/settlement.sql.ts'
import type { Receipt } from './receipt.api.ts'
import type { KnownPayment, ReceiptAsk, ReceiptFacts } from './receipt.ts'

async function knownPayment(tx: Db, lender: string, paymentNo: string | null): Promise<KnownPayment | null> {
  if (paymentNo === null) return null
  const { rows } = await sql<KnownPayment>`
    select p.payment_no, p.loan_no, p.paid_on, p.amount_minor, p.currency, p.kind, p.reverses,
           exists (
             select from payments r
              where r.borrower_id = p.borrower_id and r.kind = 'reversal'
                 and r.reverses = p.payment_no) as is_reversed
      from payments p
     where p.payment_no = ${paymentNo} and p.lender = ${lender}
  `.execute(tx)
  return rows[0] ?? null
}

/** What `receivePayment` decides from. */
export async function receiptFacts(
  tx: Db,
  loan: Standing,
  ask: ReceiptAsk,
  asOf: string,
): Promise<ReceiptFacts> {
  return {
    as_of: asOf,
    status: loan.status,
    currency: loan.currency,
    outstanding_minor: loan.outstanding_minor,
    days_back_max: (await settingOf<number>(tx, loan, 'payment_days_back_max', asOf)) ?? 0,
    same: await knownPayment(tx, loan.lender, ask.payment_no),
    reversed: await knownPayment(tx, loan.lender, ask.reverses),
  }
}

type Snapshot = Map<string, unknown>

/**
 * How the loan's payments are applied, what its promises, plans and settlements are, and where loan and
 * borrower stand: to say what changed.
 */
export async function snapshot(tx: Db, loan: Standing, asOf: string): Promise<Snapshot> {
  const { after, payment_nos } = await allocateLoan(tx, loan, asOf)
  const applied = after.payments.map(({ event, parts, overpaid_minor }) => [
    `payment:${payment_nos[event]}`,
    {
      penalty: Number(parts.penalty),
      fee: Number(parts.fee),
      interest: Number(parts.interest),
      principal: Number(parts.principal),
      overpaid: Number(overpaid_minor),
    },
  ])
  const { rows } = await sql<{ what: string; state: unknown }>`
    select 'promise:' || promise_no as what, outcome as state
      from promises where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
    union all
    select 'plan:' || plan_no, outcome
      from plans where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
         and agreed_on is not null
    union all
    select 'settlement:' || settlement_no, outcome
      from settlements
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and accepted_on is not null
    union all
    select 'bucket', coalesce((
      select bucket from delinquencies
       where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and valid_to is null), 'current')
    union all
    select 'risk_class', coalesce((
      select risk_class from risk_classes
       where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and valid_to is null), 1)::text
    union all
    select 'case', case when exists (
      select from cases where borrower_id = ${loan.borrower_id} and closed_on is null)
      then 'open' else 'closed' end
  `.execute(tx)
  return new Map([
    ['status', loan.status],
    ...applied,
    ...rows.map(({ what, state }) => [what, state ?? 'open']),
  ] as [string, unknown][])
}

/** What two snapshots tell differently. */
export function changesBetween(before: Snapshot, after: Snapshot): Receipt['changes'] {
  const names = [...new Set([...before.keys(), ...after.keys()])]
  return names.flatMap((what) => {
    const [was, is] = [before.get(what) ?? null, after.get(what) ?? null]
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ what, before: was, after: is }]
  })
}

export type BookingAbout = {
  method: string | null
  reference: string | null
  directed_to: readonly number[] | null
  as_of: string
  actor: string
}

async function paidOn(tx: Db, loan: Standing, paymentNo: string): Promise<string> {
  const { rows } = await sql<{ paid_on: string }>`
    select paid_on from payments where borrower_id = ${loan.borrower_id} and payment_no = ${paymentNo}
  `.execute(tx)
  return rows[0]!.paid_on
}

/** Money on a charged-off loan is a recovery, as it is for the night. */
function movementKind(loan: Standing, kind: 'payment' | 'reversal') {
  if (loan.status !== 'charged_off') return kind
  return kind === 'payment' ? 'recovery' : 'recovery_reversal'
}

/**
 * Books money that was decided on: the payment, its movement, the judgement of promises, plans and
 * settlements from its day on, and where the borrower's loans stand now. Answers what it changed.
 */
export async function bookPayment(
  tx: Db,
  loan: Standing,
  ask: ReceiptAsk,
  about: BookingAbout,
): Promise<Receipt> {
  const before = await snapshot(tx, loan, about.as_of)
  const { payment_no, loan_no, paid_on, amount_minor, currency, kind, reverses } = ask
  const { borrower_id, lender } = loan
  await insertPayment(tx, {
    borrower_id,
    payment_no,
    lender,
    loan_no,
    paid_on,
    amount_minor,
    currency,
    kind,
    reverses,
    method: about.method,
    reference: about.reference,
    loaded_as_of: about.as_of,
    extra: about.directed_to ? { directed_to: about.directed_to } : null,
  })
  if (kind === 'payment') {
    // Whoever paid is not called about it: what is planned stops at once, whoever works it is told.
    const cause = { cause: 'payment', cause_no: payment_no, debts: [loan_no] }
    await stopWork(tx, borrower_id, { ...cause, at: about.as_of, stopped_by: about.actor })
  }
  await post(tx, {
    borrower_id,
    loan_no,
    movement_no: `payment:${payment_no}`,
    kind: movementKind(loan, kind),
    on_date: paid_on,
    entered_on: about.as_of,
    currency,
    amount_minor,
    actor: about.actor,
  })
  await judgeLoan(tx, loan, about.as_of)
  await judgePlansOf(tx, loan, about.as_of)
  await judgeSettlementsOf(tx, loan, about.as_of)
  // A reversal takes its money back on the day of the payment, and the history with it.
  const from_on = kind === 'reversal' ? await paidOn(tx, loan, reverses!) : paid_on
  const again = await noteCorrection(tx, loan, from_on)
  await followMoney(tx, borrower_id, about.as_of)
  const buckets = again ? [{ what: 'buckets', before: null, after: { derived_anew_from: from_on } }] : []
  const now = (await standingOf(tx, borrower_id, loan_no, about.as_of))!
  const after = await snapshot(tx, now, about.as_of)
  return {
    payment_no,
    is_new: true,
    outstanding_minor: now.outstanding_minor,
    applied: (after.get(`payment:${payment_no}`) ?? null) as Receipt['applied'],
    changes: [...changesBetween(before, after), ...buckets],
  }
}

/** The answer to a payment that came before. */
export async function knownReceipt(
  tx: Db,
  loan: Standing,
  paymentNo: string,
  asOf: string,
): Promise<Receipt> {
  const now = await snapshot(tx, loan, asOf)
  return {
    payment_no: paymentNo,
    is_new: false,
    outstanding_minor: loan.outstanding_minor,
    applied: (now.get(`payment:${paymentNo}`) ?? null) as Receipt['applied'],
    changes: [],
  }
}
