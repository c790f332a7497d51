import { sql } from 'kysely'
import type { Standing } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import type { VirtualAccount } from './virtual-account.api.ts'

const columns = sql`v.loan_no, v.account_no, v.opened_on, v.closed_on`

/** The virtual accounts of a loan, those in use first. */
export async function virtualAccountsOf(db: Db, borrowerId: string, loanNo: string) {
  const { rows } = await sql<VirtualAccount>`
    select ${columns} from virtual_accounts v
     where v.borrower_id = ${borrowerId} and v.loan_no = ${loanNo}
     order by v.closed_on desc nulls first, v.account_no
  `.execute(db)
  return rows
}

/**
 * Gives a loan a virtual account; the same again changes nothing. Refused: `account_is_another_loans`, when a
 * loan of the lender has it.
 */
export async function openVirtualAccount(
  tx: Db,
  loan: Standing,
  accountNo: string,
  on: string,
): Promise<VirtualAccount> {
  // Two that give one account to two loans at once stand in a row.
  await sql`select pg_advisory_xact_lock(hashtextextended('virtual account' || ${accountNo}, 0))`.execute(tx)
  const { rows: taken } = await sql`
    select from virtual_accounts v
      join loans l using (borrower_id, loan_no)
     where v.account_no = ${accountNo} and v.closed_on is null and l.lender = ${loan.lender}
       and (v.borrower_id, v.loan_no) <> (${loan.borrower_id}, ${loan.loan_no})
  `.execute(tx)
  if (taken.length > 0) throw new Refused('account_is_another_loans', 'Another loan has this account.')
  const { rows } = await sql<VirtualAccount>`
    insert into virtual_accounts as v (borrower_id, loan_no, account_no, opened_on)
    values (${loan.borrower_id}, ${loan.loan_no}, ${accountNo}, ${on})
    on conflict (borrower_id, loan_no, account_no) do update set closed_on = null
    returning ${columns}
  `.execute(tx)
  return rows[0]!
}

/** Ends the use of a virtual account; money of a later day that comes there waits for a person. */
export async function closeVirtualAccount(tx: Db, loan: Standing, accountNo: string, on: string) {
  const { rows } = await sql<VirtualAccount>`
    update virtual_accounts v set closed_on = ${on}
     where v.borrower_id = ${loan.borrower_id} and v.loan_no = ${loan.loan_no}
       and v.account_no = ${accountNo} and v.closed_on is null
    returning ${columns}
  `.execute(tx)
  if (rows[0]) return rows[0]
  throw new Refused('no_such_open_account', 'The loan has no such account in use.')
}
