import { sql } from 'kysely'
import type { z } from 'zod'
import type { Standing } from '../../book/positions/standing.sql.ts'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import type { DisputeDecision, DisputedInstalment, DisputedInstalments } from './dispute.api.ts'

const columns = sql`
  loan_no, instalment_no, disputed_on, reason, recorded_by, outcome, decided_on, decided_by, decision`

/** The instalments of a loan that are or were disputed, the newest first. */
export async function disputesOf(db: Db, borrowerId: string, loanNo: string): Promise<DisputedInstalment[]> {
  const { rows } = await sql<DisputedInstalment>`
    select ${columns} from disputed_instalments
     where borrower_id = ${borrowerId} and loan_no = ${loanNo}
     order by disputed_on desc, instalment_no
  `.execute(db)
  return rows
}

type OfLoan = { borrower_id: string; loan_no: string }

type Instalments = z.infer<typeof DisputedInstalments>['instalments']

/** The instalments of a loan that the lender sent, the first due first; none where it sent none. */
export async function instalmentsOf(db: Db, loan: OfLoan): Promise<Instalments> {
  const { rows } = await sql<Instalments[number]>`
    select instalment_no, due_on, principal_minor + interest_minor + fees_minor as amount_minor
      from instalments
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
     order by due_on, instalment_no
  `.execute(db)
  return rows
}

/** Whether an instalment of the loan is disputed and nobody has decided yet. */
export async function hasDisputedInstalment(tx: Db, loan: OfLoan): Promise<boolean> {
  const { rows } = await sql`
    select from disputed_instalments
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and outcome is null
     limit 1
  `.execute(tx)
  return rows.length > 0
}

/** Whether anything of the loan is disputed and nobody has decided yet. */
export async function hasOpenDispute(tx: Db, loan: OfLoan): Promise<boolean> {
  if (await hasDisputedInstalment(tx, loan)) return true
  const { rows } = await sql`
    select from disputed_parts
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no} and outcome is null
     limit 1
  `.execute(tx)
  return rows.length > 0
}

/** Records a dispute. Refused: `no_such_instalment`, `instalment_is_disputed_already`. */
export async function insertDispute(
  tx: Db,
  loan: Standing,
  asked: { instalment_no: number; reason: string },
  by: { on: string; staff_id: string },
): Promise<DisputedInstalment> {
  const { rows: known } = await sql`
    select from instalments
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
       and instalment_no = ${asked.instalment_no}
  `.execute(tx)
  if (known.length === 0)
    throw new Refused('no_such_instalment', 'The loan has no instalment of that number.')
  const { rows } = await sql<DisputedInstalment>`
    insert into disputed_instalments (borrower_id, loan_no, instalment_no, disputed_on, reason, recorded_by)
    values (${loan.borrower_id}, ${loan.loan_no}, ${asked.instalment_no}, ${by.on}, ${asked.reason},
            ${by.staff_id})
    on conflict do nothing
    returning ${columns}
  `.execute(tx)
  if (rows[0]) return rows[0]
  throw new Refused('instalment_is_disputed_already', 'This instalment is disputed, or was decided on today.')
}

/** Decides an open dispute. Refused: `no_such_open_dispute`. */
export async function decideDispute(
  tx: Db,
  about: { borrower_id: string; loan_no: string; instalment_no: number },
  given: DisputeDecision,
  by: { on: string; staff_id: string },
): Promise<DisputedInstalment> {
  const { rows } = await sql<DisputedInstalment>`
    update disputed_instalments
       set outcome = ${given.outcome}, decision = ${given.decision}, decided_on = ${by.on},
           decided_by = ${by.staff_id}
     where borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no}
       and instalment_no = ${about.instalment_no} and outcome is null
    returning ${columns}
  `.execute(tx)
  if (rows[0]) return rows[0]
  throw new Refused('no_such_open_dispute', 'There is no open dispute of that instalment.')
}
