import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import type { BorrowerPacks, NewBorrowerPack } from './borrower-pack.api.ts'

/** The packs of a borrower's own, the newest first; those of the loans are settings. */
export async function borrowerPacks(db: Db, borrower_id: string): Promise<BorrowerPacks['packs']> {
  const { rows } = await sql<BorrowerPacks['packs'][number]>`
    select pack, from_on, nullif(to_on, 'infinity') as to_on, recorded_by, reason
      from borrower_packs
     where borrower_id = ${borrower_id}
     order by from_on desc, pack collate "C"`.execute(db)
  return rows
}

/**
 * Binds a borrower by a pack from a day on, or says until when one binds that does already. The caller has
 * locked the borrower. Refused: `no_such_pack`; the house's rules are on top of any pack by themselves.
 */
export async function bindByPack(tx: Db, borrower_id: string, told: NewBorrowerPack, recorded_by: string) {
  const { pack, from_on, to_on = 'infinity', reason } = told
  const { rows } = await sql`
    select from packs where pack = ${pack} and pack <> 'house' limit 1`.execute(tx)
  if (rows.length === 0) throw new Refused('no_such_pack', `There is no pack ${pack}.`)
  await sql`
    insert into borrower_packs (borrower_id, pack, from_on, to_on, recorded_by, reason)
    values (${borrower_id}, ${pack}, ${from_on}, ${to_on}, ${recorded_by}, ${reason})
    on conflict (borrower_id, pack, from_on) do update
       set to_on = excluded.to_on, recorded_by = excluded.recorded_by, reason = excluded.reason`.execute(tx)
}
