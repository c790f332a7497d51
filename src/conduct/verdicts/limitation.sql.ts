import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { propose, settle, withdraw } from './proposal.sql.ts'

export type Limitation = {
  debt: string
  part: string
  rule_id: string
  pack_version: string
  ended_on: string
  last_working_on: string
  is_over: boolean
}

/**
 * The last day of the limitation period of each part of each open loan's claim, under each pack that binds:
 * what the rules would ask of a threat of suit. Keeps nothing. The caller has locked the borrower.
 */
export async function limitationsOf(tx: Db, borrower_id: string, at: string): Promise<Limitation[]> {
  const asked = { channel: 'letter', purpose: 'legal_threat', stage: 'plan' as const }
  await propose(tx, [{ ...asked, borrower_id, proposal_id: randomUUID(), at }])
  await settle(tx, [borrower_id])
  const { rows } = await sql<Limitation>`
    select e.debt, e.part, e.rule_id, e.pack_version, e.ended_on::text as ended_on,
           w.day::text as last_working_on, e.on_date > e.ended_on as is_over
      from limitation_ends e
     cross join lateral (
       -- Civil Code 203: a last day that is a day of rest moves to the next working day (CN-S9)
       select min(d.day)::date as day
         from generate_series(e.ended_on, e.ended_on + 30, interval '1 day') d (day)
         left join rest_days r on r.pack = split_part(e.pack_version, '@', 1) and r.day = d.day
        where not exists (select from rest_days k where k.pack = split_part(e.pack_version, '@', 1))
           or coalesce(r.is_worked, extract(isodow from d.day) < 6)) w
     where e.borrower_id = ${borrower_id}
     order by e.debt collate "C", e.part, e.rule_id collate "C"`.execute(tx)
  await withdraw(tx, borrower_id)
  return rows
}
