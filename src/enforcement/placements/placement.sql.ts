import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { Placement } from './placement.api.ts'

type Deed = { at: string; by: string; reason: string }

/** Every placement of a borrower, the newest first. */
export async function placementsOf(db: Db, borrower_id: string): Promise<Placement[]> {
  const { rows } = await sql<Placement>`
    select placement_id, agency, reason, placed_at, placed_by, recalled_at, recalled_by, recall_reason
      from placements
     where borrower_id = ${borrower_id}
     order by placed_at desc, placement_id`.execute(db)
  return rows
}

/** Places a borrower with an agency. False: it is with one already. The caller has locked the borrower. */
export async function place(
  tx: Db,
  borrower_id: string,
  agency: string,
  { at, by, reason }: Deed,
): Promise<boolean> {
  const placed = await sql`
    insert into placements (borrower_id, lender, agency, reason, placed_at, placed_by)
    select borrower_id, lender, ${agency}, ${reason}, ${at}, ${by}
      from borrowers
     where borrower_id = ${borrower_id}
    on conflict (borrower_id) where recalled_at is null do nothing`.execute(tx)
  return placed.numAffectedRows === 1n
}

/** Takes a borrower back. False: no agency has it. */
export async function recall(db: Db, borrower_id: string, { at, by, reason }: Deed): Promise<boolean> {
  const recalled = await sql`
    update placements
       set recalled_at = ${at}, recalled_by = ${by}, recall_reason = ${reason}
     where borrower_id = ${borrower_id}
       and recalled_at is null`.execute(db)
  return recalled.numAffectedRows === 1n
}
