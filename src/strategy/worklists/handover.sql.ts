import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Handover } from './worklist.api.ts'

/** To whom a case is handed over now. */
export async function handoversOf(db: Db, borrower_id: string): Promise<Handover[]> {
  const { rows } = await sql<Handover>`
    select h.handover_id, h.staff_id, s.name, h.reason, h.handed_at, h.handed_by
      from handovers h
      join staff s on s.id = h.staff_id
     where h.borrower_id = ${borrower_id}
       and h.ended_at is null
     order by h.handed_at, h.handover_id`.execute(db)
  return rows
}

/** Gives a case to a visitor. False: there is no such borrower, or nobody of that number. */
export async function handOver(
  db: Db,
  given: { borrower_id: string; staff_id: string; reason: string; at: string; by: string },
): Promise<boolean> {
  const { borrower_id, staff_id, reason, at, by } = given
  const handed = await sql`
    insert into handovers (borrower_id, lender, staff_id, reason, handed_at, handed_by)
    select b.borrower_id, b.lender, s.id, ${reason}, ${at}, ${by}
      from borrowers b
      join staff s on s.id = ${staff_id}
     where b.borrower_id = ${borrower_id}
    on conflict (borrower_id, staff_id) where ended_at is null
       do update set reason = excluded.reason, handed_at = excluded.handed_at,
                     handed_by = excluded.handed_by`.execute(db)
  return handed.numAffectedRows === 1n
}

/** Takes a case back from a visitor. False: it was not with them. */
export async function takeBack(
  db: Db,
  taken: { borrower_id: string; staff_id: string; at: string; by: string },
): Promise<boolean> {
  const ended = await sql`
    update handovers
       set ended_at = ${taken.at}, ended_by = ${taken.by}
     where borrower_id = ${taken.borrower_id}
       and staff_id = ${taken.staff_id}
       and ended_at is null`.execute(db)
  return ended.numAffectedRows === 1n
}
