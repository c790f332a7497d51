import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import type { DisputeDecision } from './dispute.api.ts'
import type { DisputedPart } from './disputed-part.api.ts'

type Key = { borrower_id: string; loan_no: string; part: DisputedPart['part'] }

const columns = sql`
  loan_no, part, amount_minor, disputed_on, reason, recorded_by, outcome, decided_on, decided_by, decision`

/** The parts of a loan that are or were disputed, the newest first. */
export async function partDisputesOf(db: Db, borrowerId: string, loanNo: string): Promise<DisputedPart[]> {
  const { rows } = await sql<DisputedPart>`
    select ${columns} from disputed_parts
     where borrower_id = ${borrowerId} and loan_no = ${loanNo}
     order by disputed_on desc, part
  `.execute(db)
  return rows
}

/** Records a dispute. Refused: `part_is_disputed_already`. */
export async function insertDisputedPart(
  tx: Db,
  about: Key,
  asked: { amount_minor: number; reason: string },
  by: { on: string; staff_id: string },
): Promise<DisputedPart> {
  const { rows } = await sql<DisputedPart>`
    insert into disputed_parts (borrower_id, loan_no, part, amount_minor, disputed_on, reason, recorded_by)
    values (${about.borrower_id}, ${about.loan_no}, ${about.part}, ${asked.amount_minor}, ${by.on},
            ${asked.reason}, ${by.staff_id})
    on conflict do nothing
    returning ${columns}
  `.execute(tx)
  if (rows[0]) return rows[0]
  throw new Refused('part_is_disputed_already', 'This part is disputed, or was decided on today.')
}

/** Decides an open dispute. Refused: `no_such_open_dispute`. */
export async function decideDisputedPart(
  tx: Db,
  about: Key,
  given: DisputeDecision,
  by: { on: string; staff_id: string },
): Promise<DisputedPart> {
  const { rows } = await sql<DisputedPart>`
    update disputed_parts
       set outcome = ${given.outcome}, decision = ${given.decision}, decided_on = ${by.on},
           decided_by = ${by.staff_id}
     where borrower_id = ${about.borrower_id} and loan_no = ${about.loan_no} and part = ${about.part}
       and outcome is null
    returning ${columns}
  `.execute(tx)
  if (rows[0]) return rows[0]
  throw new Refused('no_such_open_dispute', 'There is no open dispute of that part.')
}
