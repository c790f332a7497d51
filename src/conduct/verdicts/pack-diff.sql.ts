import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { Refused } from '../../platform/refusal.ts'
import { loadPack, packFile } from '../packs/pack.sql.ts'
import { packVersion } from '../packs/pack.ts'
import { proposeAll } from './proposal.sql.ts'

/** What a changed pack would refuse or release on today's book. Contacts are a borrower and a channel. */
export type PackDiff = {
  old: string
  new: string
  borrowers: number
  contacts: number
  refused_before: number
  refused_after: number
  newly_refused: number
  released: number
  rules: { rule_id: string; refused_more: number; refused_less: number }[]
}

/** A pack version that is loaded, or the file of one that is not yet. */
async function versionOf(tx: Db, named: string, at: string): Promise<{ pack: string; pack_version: string }> {
  if (named.endsWith('.json')) {
    const { pack, sha256 } = packFile(named)
    await loadPack(tx, pack, sha256, at)
    return { pack: pack.pack, pack_version: packVersion(pack) }
  }
  const { rows } = await sql<{ pack: string; pack_version: string }>`
    select pack, pack_version from packs where pack_version = ${named}`.execute(tx)
  if (rows[0]) return rows[0]
  throw new Refused(
    'pack_version_is_not_found',
    `${named} is neither a loaded pack version nor a .json file.`,
  )
}

/**
 * Asks the rules about every proposal under `version` and keeps which rules refuse which in a table of
 * its own.
 */
async function refusedUnder(tx: Db, table: string, pack: string, version: string) {
  await sql`
    update contact_proposals p
       set law_on = 'infinity',
           -- other tests are asked now than the book's packs ask
           asks = null,
           pack_versions = array(
             select case when k.pack = ${pack} then ${version} else v.pack_version end
               from unnest(p.pack_versions) as v (pack_version)
               left join packs k on k.pack_version = v.pack_version)
     where p.pack_versions && array(select pack_version from packs where pack = ${pack})`.execute(tx)
  await sql`analyze contact_proposals`.execute(tx)
  await sql`
    create temporary table ${sql.table(table)} on commit drop as
    select distinct proposal_id, rule_id from refusals where blocks`.execute(tx)
}

/**
 * Asks for every borrower with a loan past due whom the pack binds whether a call, a text, an e-mail and
 * a letter are allowed at this moment, under the old version and under the new one. Each is a loaded
 * version (`us@2026.1`) or a pack file. Keeps nothing. Refused: `pack_version_is_not_found`,
 * `packs_are_not_of_one_jurisdiction`.
 */
export async function diffPacks(db: Db, old: string, changed: string, at: string): Promise<PackDiff> {
  const tx = await db.startTransaction().execute()
  try {
    await sql`set local work_mem = '256MB'`.execute(tx)
    const before = await versionOf(tx, old, at)
    const after = await versionOf(tx, changed, at)
    if (before.pack !== after.pack) {
      throw new Refused('packs_are_not_of_one_jurisdiction', 'Name two versions of the same pack.')
    }
    await proposeAll(
      tx,
      sql`
      select l.borrower_id, gen_random_uuid(), ${at}::timestamptz, 'plan', c.channel, '{}'::text[], 'debtor',
             '', '', c.place, 'collect', 'lender', null::text, null::int, false, false, null::uuid,
             '', false, null::text[]
        from (select distinct borrower_id from loans where oldest_due_on is not null) l
       cross join (values ('call', 'mobile'), ('sms', null), ('email', null), ('letter',
       'home')) c (channel, place)`,
    )
    await sql`
      delete from contact_proposals
       where not pack_versions && array(select pack_version from packs where pack = ${before.pack})`.execute(
      tx,
    )
    await refusedUnder(tx, 'refused_before', before.pack, before.pack_version)
    await refusedUnder(tx, 'refused_after', before.pack, after.pack_version)
    return { old: before.pack_version, new: after.pack_version, ...(await compared(tx)) }
  } finally {
    await tx.rollback().execute()
  }
}

async function compared(tx: Db) {
  const totals = await sql<Omit<PackDiff, 'old' | 'new' | 'rules'>>`
    select count(distinct p.borrower_id) as borrowers, count(*) as contacts,
           count(b.proposal_id) as refused_before, count(a.proposal_id) as refused_after,
           count(*) filter (where b.proposal_id is null and a.proposal_id is not null) as newly_refused,
           count(*) filter (where b.proposal_id is not null and a.proposal_id is null) as released
      from contact_proposals p
      left join (select distinct proposal_id from refused_before) b on b.proposal_id = p.proposal_id
      left join (select distinct proposal_id from refused_after) a on a.proposal_id = p.proposal_id`.execute(
    tx,
  )
  const rules = await sql<PackDiff['rules'][number]>`
    select coalesce(b.rule_id, a.rule_id) as rule_id,
           count(*) filter (where b.rule_id is null) as refused_more,
           count(*) filter (where a.rule_id is null) as refused_less
      from refused_before b
      full join refused_after a on a.proposal_id = b.proposal_id and a.rule_id = b.rule_id
     group by 1
    having count(*) filter (where b.rule_id is null or a.rule_id is null) > 0
     order by 1`.execute(tx)
  return { ...totals.rows[0]!, rules: rules.rows }
}
