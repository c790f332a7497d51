import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'

/**
 * A payment or reversal that came other than by a file. Amounts are positive minor units; `kind` says which
 * way.
 */
export type ReceivedPayment = {
  borrower_id: string
  payment_no: string
  lender: string
  loan_no: string
  paid_on: string
  amount_minor: number
  currency: string
  kind: 'payment' | 'reversal'
  reverses: string | null
  method: string | null
  reference: string | null
  /** The business day on which it became known. */
  loaded_as_of: string
  extra: Record<string, unknown> | null
}

/**
 * Brings a payment into the book; false when the lender has one of that number. The caller holds the
 * borrower's lock.
 */
export async function insertPayment(tx: Db, p: ReceivedPayment): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into payments
      (borrower_id, payment_no, lender, loan_no, paid_on, amount_minor, currency, kind, reverses, method,
       reference,
       loaded_as_of, extra)
    select ${p.borrower_id}, ${p.payment_no}, ${p.lender}, ${p.loan_no}, ${p.paid_on}, ${p.amount_minor},
           ${p.currency}, ${p.kind}, ${p.reverses}, ${p.method}, ${p.reference}, ${p.loaded_as_of},
           ${p.extra === null ? null : JSON.stringify(p.extra)}
     where not exists (select from payments where payment_no = ${p.payment_no} and lender = ${p.lender})
    on conflict do nothing
  `.execute(tx)
  return numAffectedRows === 1n
}
