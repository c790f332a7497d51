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

export async function bankStatementCame(db: Db, lender: string): Promise<boolean> {
  const { rows } = await sql`select from bank_statements where lender = ${lender} limit 1`.execute(db)
  return rows.length > 0
}

/** A loan, whose it is, and an amount of it. */
export type PayingLoan = { loan_no: string; name: string; minor: number }

/** Four late loans, those first of which an instalment is the largest part of what is owed. */
export async function nearlyPaid(db: Db, lender: string, as_of: string): Promise<PayingLoan[]> {
  const { rows } = await sql<PayingLoan>`
    select l.loan_no, b.name, l.instalment_minor as minor
      from loans l
      join borrowers b using (borrower_id)
     where l.lender = ${lender} and l.status = 'active' and b.name is not null
       and l.oldest_due_on < ${as_of}::date - 5
       and l.instalment_minor between 1 and l.outstanding_minor / 2
     order by l.instalment_minor::numeric / l.outstanding_minor desc, l.loan_no
     limit 4`.execute(db)
  return rows
}

/** The last payment before `as_of` that nobody took back, of a loan that is still open. */
export async function lastPayment(db: Db, lender: string, as_of: string): Promise<PayingLoan | null> {
  const { rows } = await sql<PayingLoan>`
    select p.loan_no, b.name, p.amount_minor as minor
      from payments p
      join loans l using (borrower_id, loan_no)
      join borrowers b using (borrower_id)
     where p.lender = ${lender} and p.kind = 'payment' and p.paid_on < ${as_of} and l.status = 'active'
       and not exists (select from payments r where r.borrower_id = p.borrower_id
                          and r.kind = 'reversal' and r.reverses = p.payment_no)
     order by p.paid_on desc, p.payment_no
     limit 1`.execute(db)
  return rows[0] ?? null
}
